import Foundation

/// The demonstration's page, as a person sees it in a browser.
struct Page: Sendable {
    let browser: Browser

    static func open(_ demo: RunningDemo, in browser: Browser) async throws -> Page {
        let page = Page(browser: browser)
        try await browser.open(demo.address)
        try await page.settle()
        return page
    }

    /// What one side shows for the order at hand.
    struct Side: Decodable, Equatable {
        /// The large count, such as `1×`.
        var charges: String
        /// What the order cost in all.
        var amount: String
        /// The sentence below.
        var why: String
        /// The words beside the requests, in the order in which they were sent.
        var outcomes: [String]
    }

    func side(_ name: String) async throws -> Side {
        try await browser.evaluate(
            """
            const score = document.querySelector('.score[data-side="\(name)"]');
            const field = (name) => score.querySelector(`[data-field="${name}"]`).innerText;
            const group = document.querySelector('.log[data-side="\(name)"] [data-order]');
            const chips = [...(group?.querySelectorAll("li .chip") ?? [])];
            return { charges: field("charges"), amount: field("amount"), why: field("why"),
                     outcomes: chips.map((chip) => chip.innerText) };
            """)
    }

    func pay(clicks: Int) async throws {
        try await browser.click("#pay", times: clicks)
        try await settle()
    }

    func play(_ scenario: String) async throws {
        try await browser.click("[data-scenario=\(scenario)]")
        try await settle()
    }

    /// Waits until nothing is under way.
    func settle() async throws {
        try await browser.wait(until: "document.body.dataset.busy === 'false'")
    }
}
