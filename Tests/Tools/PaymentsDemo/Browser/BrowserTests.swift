import Foundation
import Testing

/// The page in a real browser. One browser at a time: each is a dozen processes.
@Suite("The page in a browser", .serialized) struct BrowserTests {
    @Test("A double click is charged once with Once and twice without") func doubleClick() async throws {
        try await withPage { page in
            try await page.pay(clicks: 2)
            let with = try await page.side("with")
            let without = try await page.side("without")
            #expect(with.charges == "1×")
            #expect(with.amount == "€20.00")
            #expect(with.outcomes.sorted() == ["ran", "replayed"])
            #expect(without.charges == "2×")
            #expect(without.amount == "€40.00")
            #expect(without.outcomes == ["ran", "ran"])
        }
    }

    /// A scenario of the page, and what it must show in the end.
    struct Scenario: Sendable, CustomTestStringConvertible {
        var name: String
        var with: (charges: String, outcomes: [String])
        var without: (charges: String, outcomes: [String])
        var testDescription: String { name }
    }

    static let scenarios = [
        Scenario(name: "single", with: ("1×", ["ran"]), without: ("1×", ["ran"])),
        Scenario(name: "double", with: ("1×", ["ran", "replayed"]), without: ("2×", ["ran", "ran"])),
        Scenario(
            name: "burst", with: ("1×", ["ran"] + Array(repeating: "replayed", count: 19)),
            without: ("20×", Array(repeating: "ran", count: 20))),
        Scenario(name: "answer", with: ("1×", ["lost", "replayed"]), without: ("2×", ["lost", "ran"])),
        Scenario(name: "hangup", with: ("1×", ["lost", "replayed"]), without: ("2×", ["lost", "ran"])),
        Scenario(name: "before", with: ("1×", ["lost", "ran"]), without: ("1×", ["lost", "ran"])),
        Scenario(name: "after", with: ("1×", ["replayed"]), without: ("2×", ["lost", "ran"])),
        Scenario(name: "reuse", with: ("1×", ["ran", "refused"]), without: ("2×", ["ran", "ran"])),
    ]

    @Test("Every scenario is charged once with Once, and as often as it ran without", arguments: scenarios)
    func scenario(_ scenario: Scenario) async throws {
        try await withPage { page in
            try await page.play(scenario.name)
            let with = try await page.side("with")
            let without = try await page.side("without")
            #expect(with.charges == scenario.with.charges)
            #expect(with.outcomes.sorted() == scenario.with.outcomes.sorted())
            #expect(without.charges == scenario.without.charges)
            #expect(without.outcomes.sorted() == scenario.without.outcomes.sorted())
            #expect(!with.why.contains("This order was charged"), "the sentence does not fit what happened")
            #expect(!without.why.contains("This order was charged"), "the sentence does not fit what happened")
        }
    }

    @Test("It fits a window of 360 pixels, and names every control", arguments: [360, 1280])
    func fitsAndNames(width: Int) async throws {
        try await withPage(width: width) { page in
            try await page.browser.setWidth(width)
            try await page.play("answer")
            let overflow: Int = try await page.browser.evaluate(
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            #expect(overflow == 0)
            let unnamed: Int = try await page.browser.evaluate(
                "return [...document.querySelectorAll('button')].filter((b) => !b.innerText.trim()).length")
            #expect(unnamed == 0)
            let spoken: String = try await page.browser.evaluate(
                "return document.querySelector('[role=status][aria-live=polite]').innerText")
            #expect(spoken.contains("The network lost the answer"))
        }
    }

    @Test("Starting over fills the accounts") func startsOver() async throws {
        try await withPage { page in
            try await page.pay(clicks: 1)
            try await page.browser.click("#reset")
            try await page.settle()
            let balances: [String] = try await page.browser.evaluate(
                "return [...document.querySelectorAll('[data-field=balance]')].map((field) => field.innerText)")
            #expect(balances == ["€1,000.00", "€1,000.00"])
        }
    }

    private func withPage(
        width: Int = 1280, _ body: @escaping @Sendable (Page) async throws -> Void
    ) async throws {
        try await withDemo { demo in
            try await withBrowser(width: width) { browser in
                try await body(Page.open(demo, in: browser))
            }
        }
    }
}
