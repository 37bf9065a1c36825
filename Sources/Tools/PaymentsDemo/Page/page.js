"use strict";

// ---- What can go wrong, and what it shows -------------------------------------------------------------------------

const SIDES = ["with", "without"];
const PRICE = 2000;

// Each scenario: what to press, what happened, where on the route it broke, and why each side ends as it does.
// `charges` are the counts that the sentences are true for; any other count is told plainly.
const SCENARIOS = {
  again: {
    title: "You clicked more than once",
    text: "Every click sent the same order again.",
    route: { once: "saved" },
    charges: { with: 1 },
    with: "All clicks carry the same key: the first ran, the others were given its answer.",
    without: "The service cannot tell another click from another purchase.",
  },
  single: {
    label: "One click",
    hint: "Nothing goes wrong",
    title: "One click",
    text: "One request, one answer. As long as nothing goes wrong, both sides are right.",
    charges: { with: 1, without: 1 },
    with: "It ran, and its answer is kept under the key.",
    without: "It ran. Nobody kept the answer.",
    run: (order, side) => settle(order, side, { label: "Click 1" }),
  },
  double: {
    label: "Double click",
    hint: "Two clicks within a blink",
    title: "A double click",
    text: "Two identical requests were sent within a blink.",
    route: { once: "saved" },
    charges: { with: 1, without: 2 },
    with: "Both carry the same key: one ran, the other was given the same answer.",
    without: "The service cannot tell a second click from a second purchase.",
    run: (order, side) => Promise.all([1, 2].map((n) => settle(order, side, { label: `Click ${n}` }))),
  },
  burst: {
    label: "Burst of 20",
    hint: "A client in a retry storm",
    title: "A burst of twenty",
    text: "A client in a retry storm sent the same order twenty times at once.",
    route: { once: "saved" },
    charges: { with: 1, without: 20 },
    with: "One ran. Nineteen waited for it and were given its answer.",
    without: "All twenty ran.",
    run: (order, side) =>
      Promise.all(Array.from({ length: 20 }, (_, n) => settle(order, side, { label: `Request ${n + 1}` }))),
  },
  answer: {
    label: "The answer gets lost",
    hint: "The network drops it",
    title: "The network lost the answer",
    text: "The payment was made, but its answer never arrived. All that a client can do is try again.",
    route: { network: "cut", once: "saved" },
    charges: { with: 1, without: 2 },
    with: "The retry carried the same key, so it was given the stored answer.",
    without: "The retry looked like a new purchase, so it was charged as one.",
    run: (order, side) => settle(order, side, { label: "First try", headers: { "Demo-Network": "drop-answer" } }),
  },
  hangup: {
    label: "The client hangs up",
    hint: "Timeout, tunnel, closed lid",
    title: "The client hung up",
    text: "The client gave up waiting while the payment was being made, and tried again.",
    route: { you: "broken", once: "saved" },
    charges: { with: 1, without: 2 },
    with: "A caller that hangs up cancels nothing: the payment went on, and the retry was given its answer.",
    without: "The first request was carried out all the same, and so was the retry.",
    run: (order, side) => settle(order, side, { label: "First try", hangUpAfter: 120 }),
  },
  before: {
    label: "Crash before the commit",
    hint: "The service dies; no money moved",
    title: "The service crashed before it committed",
    text: "No money had moved, but the client cannot know that. It tried again.",
    route: { service: "broken", once: "saved" },
    charges: { with: 1, without: 1 },
    with: "Once let the lease run out, asked the ledger, heard “nothing”, and ran it again under the next fence.",
    without: "Right by luck: the client saw the same error as in a crash after the commit.",
    inTurn: true,
    run: (order, side) => settle(order, side, { label: "First try", headers: { "Demo-Crash": "before-commit" } }),
  },
  after: {
    label: "Crash after the commit",
    hint: "The service dies; the money moved",
    title: "The service crashed after it committed",
    text: "The money had moved, but nobody was told: the connection broke before the answer.",
    route: { service: "broken", once: "saved" },
    charges: { with: 1, without: 2 },
    with: "Once asked the ledger what became of it, found the payment, and gave its receipt to the client.",
    without: "The client saw an error, tried again, and was charged again.",
    inTurn: true,
    run: (order, side) => settle(order, side, { label: "First try", headers: { "Demo-Crash": "after-commit" } }),
  },
  reuse: {
    label: "Same key, other amount",
    hint: "A bug in the client",
    title: "The key was used for another amount",
    text: "After the payment, a bug in the client sent a different amount under the same key.",
    route: { you: "broken", once: "saved" },
    charges: { with: 1, without: 2 },
    with: "A key names one operation: the other amount was refused, and nothing ran.",
    without: "Nothing ties the two together, so both amounts were charged.",
    run: async (order, side) => {
      await settle(order, side, { label: "The order" });
      await settle(order, side, { label: "Other amount", amount: 3500 });
    },
  },
};

// ---- One order, its requests, and the client's patience -----------------------------------------------------------

const RETRY_AFTER = [400, 400, 800, 1600, 3200, 3200];
let orders = 0;

function makeOrder() {
  orders += 1;
  const id = crypto.randomUUID();
  return { number: orders, id, key: id, clicks: 0 };
}

// Sends one request and tells what became of it, as far as a client can tell.
async function send(order, side, options) {
  const headers = { "Content-Type": "application/json", ...options.headers };
  if (side === "with") headers["Idempotency-Key"] = `"${order.key}"`;
  const row = addRow(order, side, options);
  const started = performance.now();
  const outcome = await exchange(headers, {
    customer: "you", amount: options.amount ?? PRICE, side, order: order.id,
  }, options.hangUpAfter);
  outcome.ms = Math.round(performance.now() - started);
  finishRow(row, outcome);
  return outcome;
}

async function exchange(headers, payment, hangUpAfter) {
  const patience = new AbortController();
  const timer = hangUpAfter ? setTimeout(() => patience.abort(), hangUpAfter) : undefined;
  try {
    const answer = await fetch("/payments", {
      method: "POST", headers, body: JSON.stringify(payment), signal: patience.signal,
    });
    return judge(answer, await answer.json().catch(() => ({})));
  } catch {
    return { kind: "lost", note: patience.signal.aborted ? "hung up" : "no answer", retry: true };
  } finally {
    clearTimeout(timer);
  }
}

function judge(answer, body) {
  const status = answer.status;
  if (answer.ok) {
    const replayed = answer.headers.get("Idempotent-Replayed") === "true";
    return { kind: replayed ? "replayed" : "ran", status, fence: body.fence, amount: body.amount };
  }
  if (status >= 500) return { kind: "lost", status, note: body.title, retry: true };
  return { kind: "refused", status, note: body.title ?? body.error?.message, retry: body.retry === "same-key-later" };
}

// Sends until there is an answer to rely on, like any client with a retry policy. A fault hits the first try only.
async function settle(order, side, options) {
  let outcome = await send(order, side, options);
  for (let n = 1; outcome.retry && n <= RETRY_AFTER.length; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER[n - 1]));
    outcome = await send(order, side, { label: `Retry ${n}`, amount: options.amount });
  }
  return outcome;
}

// ---- What the person does -----------------------------------------------------------------------------------------

let order = makeOrder();
let underWay = 0;

async function busy(work) {
  underWay += 1;
  document.body.dataset.busy = "true";
  try {
    await work();
  } finally {
    underWay -= 1;
    if (underWay === 0) document.body.dataset.busy = "false";
    showControls();
  }
}

function clickPay() {
  if (scenarioRuns) return;
  const paying = order;
  paying.clicks += 1;
  paying.title = "You pay";
  const label = `Click ${paying.clicks}`;
  busy(async () => {
    await Promise.all(SIDES.map((side) => settle(paying, side, { label })));
    await showState(paying, paying.clicks === 1 ? SCENARIOS.single : SCENARIOS.again);
  });
  showControls();
}

let scenarioRuns = false;

function runScenario(name) {
  if (underWay > 0) return;
  const scenario = SCENARIOS[name];
  scenarioRuns = true;
  beginOrder();
  order.title = scenario.title;
  busy(async () => {
    showControls(name);
    tell(scenario.title, "Under way…", scenario.route);
    show($(".story"));
    if (scenario.inTurn) {
      for (const side of SIDES) await scenario.run(order, side);
    } else {
      await Promise.all(SIDES.map((side) => scenario.run(order, side)));
    }
    await showState(order, scenario);
    scenarioRuns = false;
  });
}

function beginOrder() {
  order = makeOrder();
  $("#order-number").textContent = order.number;
  $("#order-key").textContent = `"${order.key}"`;
  for (const side of SIDES) showScore({ side, orderPayments: 0, orderAmount: 0 });
}

async function startOver() {
  if (underWay > 0) return;
  await busy(async () => {
    const answer = await fetch("/api/reset", { method: "POST" });
    beginOrder();
    for (const rows of document.querySelectorAll(".rows")) rows.innerHTML = '<p class="empty">None yet.</p>';
    showAccounts(await answer.json());
    tell("All accounts are full again", "Pay for the order above, or pick what happens.");
  });
}

// ---- What the person sees -----------------------------------------------------------------------------------------

const $ = (selector, root = document) => root.querySelector(selector);
const money = (cents) => new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" }).format(cents / 100);
const clock = (date) => date.toTimeString().slice(0, 8) + "." + String(date.getMilliseconds()).padStart(3, "0");
const processes = new Set();

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// The rows of an order, newest order first, requests in the order in which they were sent.
function rowsOf(order, side) {
  const rows = $(`.log[data-side="${side}"] .rows`);
  let group = $(`[data-order="${order.id}"]`, rows);
  if (!group) {
    $(".empty", rows)?.remove();
    group = element("div");
    group.dataset.order = order.id;
    group.append(element("h3", "", `Order ${order.number}: ${order.title.toLowerCase()}`), element("ol"));
    rows.prepend(group);
    rows.scrollTop = 0;
    while (rows.children.length > 8) rows.lastElementChild.remove();
  }
  return $("ol", group);
}

function addRow(order, side, options) {
  const row = element("li");
  row.dataset.outcome = "sent";
  row.sentAt = new Date();
  const chip = element("span", "chip", "sent");
  chip.dataset.outcome = "sent";
  const what = options.amount ? `${options.label}, ${money(options.amount)}` : options.label;
  row.append(chip, element("span", "what", what), element("span", "effect", "…"));
  row.append(element("span", "facts", clock(row.sentAt)));
  rowsOf(order, side).append(row);
  return row;
}

function finishRow(row, outcome) {
  row.dataset.outcome = outcome.kind;
  const chip = $(".chip", row);
  chip.dataset.outcome = outcome.kind;
  chip.textContent = outcome.kind;
  $(".effect", row).textContent =
    { ran: `−${money(outcome.amount ?? 0)}`, lost: "charged?", replayed: "no new charge" }[outcome.kind] ?? "no charge";
  const facts = [clock(row.sentAt), outcome.status ?? outcome.note, `${outcome.ms} ms`];
  if (outcome.fence !== undefined) facts.push(`fence ${outcome.fence}`);
  if (outcome.status && outcome.note) facts.push(outcome.note);
  $(".facts", row).textContent = facts.join(" · ");
}

function showScore(statement, why = "") {
  const score = $(`.score[data-side="${statement.side}"]`);
  const field = (name) => $(`[data-field="${name}"]`, score);
  field("charges").textContent = `${statement.orderPayments}×`;
  $(`[data-tick="${statement.side}"]`).textContent = `${statement.orderPayments}×`;
  field("amount").textContent = money(statement.orderAmount);
  field("why").textContent = why;
  $(".charged", score).dataset.verdict = ["none", "right"][statement.orderPayments] ?? "wrong";
  if (statement.balance === undefined) return;
  field("balance").textContent = money(statement.balance);
  field("received").textContent = money(statement.received);
}

function showAccounts(state, why = {}) {
  for (const statement of state.sides) showScore(statement, why[statement.side]);
  processes.add(state.process);
  const crashes = processes.size - 1;
  $("#process").textContent = state.process;
  $("#crashes").textContent = crashes ? ` (crashed and started again ${times(crashes)})` : "";
  $("#total").textContent = money(state.total);
}

const times = (n) => ["never", "once", "twice"][n] ?? `${n} times`;

async function showState(shown, scenario) {
  const state = await readState(shown.id);
  if (shown !== order) return;
  const why = {};
  for (const { side, orderPayments } of state.sides) {
    const expected = scenario.charges[side] ?? orderPayments;
    why[side] = orderPayments === expected ? scenario[side] : `This order was charged ${times(orderPayments)}.`;
  }
  showAccounts(state, why);
  tell(scenario.title, scenario.text, scenario.route);
}

// The service may be starting again after a crash.
async function readState(id) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(`/api/state?order=${id}`);
      if (answer.ok) return await answer.json();
    } catch (error) {
      if (attempt === 20) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

// Brings what is about to change into view, where a small screen would hide it.
function show(element) {
  const { bottom } = element.getBoundingClientRect();
  if (bottom < innerHeight) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}

function tell(title, text, route = {}) {
  $("#story-title").textContent = title;
  $("#story-text").textContent = text;
  for (const stop of document.querySelectorAll("#route li")) stop.className = route[stop.dataset.stop] ?? "";
}

function showControls(pressed) {
  const off = String(underWay > 0);
  for (const button of document.querySelectorAll("#scenarios button, #new-order, #reset")) {
    button.setAttribute("aria-disabled", off);
    if (pressed && button.dataset.scenario) {
      button.setAttribute("aria-pressed", String(button.dataset.scenario === pressed));
    }
  }
  $("#pay").setAttribute("aria-disabled", String(scenarioRuns));
  $("#pay-hint").textContent = order.clicks
    ? "It is still the same order. Click again: the key stays the same."
    : "Click it. Then double-click it, like everyone does.";
}

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  if (!scenario.label) continue;
  const button = element("button");
  button.type = "button";
  button.dataset.scenario = name;
  button.setAttribute("aria-pressed", "false");
  button.append(element("b", "", scenario.label), element("small", "", scenario.hint));
  button.addEventListener("click", () => runScenario(name));
  const item = element("li");
  item.append(button);
  $("#scenarios").append(item);
}
$("#pay").addEventListener("click", clickPay);
$("#new-order").addEventListener("click", () => {
  if (underWay > 0) return;
  beginOrder();
  tell("A new order", "It has a key of its own.");
  showControls();
});
$("#reset").addEventListener("click", startOver);
$("#order-key").textContent = `"${order.key}"`;
new IntersectionObserver(([scores]) => {
  $("#ticker").hidden = scores.isIntersecting || scores.boundingClientRect.top < 0;
}).observe($("#scores"));
busy(async () => showAccounts(await readState(order.id)));
