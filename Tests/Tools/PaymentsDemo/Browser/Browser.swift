import Foundation
import Testing

/// A headless Chromium, driven through chromedriver.
struct Browser: Sendable {
    private let driver: WebDriver
    private let session: String

    fileprivate init(driver: WebDriver, width: Int) async throws {
        self.driver = driver
        let options = Options(
            binary: try Executable.find("chromium", package: "chromium"),
            args: [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--window-size=\(width),900",
            ])
        let made: Session = try await driver.command(
            "POST", "session", ["capabilities": ["alwaysMatch": ["goog:chromeOptions": options]]])
        session = made.sessionId
    }

    func open(_ address: URL) async throws {
        try await post("url", ["url": address.absoluteString])
    }

    /// Makes the page as wide as a device of so many pixels; a headless window cannot be narrower than 500.
    func setWidth(_ width: Int) async throws {
        try await post(
            "goog/cdp/execute",
            Override(params: .init(width: width, height: 800, deviceScaleFactor: 1, mobile: width < 500)))
    }

    /// Evaluates the body of a JavaScript function.
    func evaluate<Value: Decodable>(_ script: String, as: Value.Type = Value.self) async throws -> Value {
        try await driver.command("POST", "session/\(session)/execute/sync", Script(script: script))
    }

    /// Presses and releases the left button over an element that is brought into view, `clicks` times, as fast as the
    /// browser takes it.
    func click(_ selector: String, times clicks: Int = 1) async throws {
        let found: [String: String] = try await driver.command(
            "POST", "session/\(session)/element", ["using": "css selector", "value": selector])
        let element = try #require(found.first)
        _ = try await evaluate(
            "document.querySelector('\(selector)').scrollIntoView({ block: 'center', behavior: 'instant' })",
            as: Nothing?.self)
        let move = Action(type: "pointerMove", duration: 0, origin: [element.key: element.value], x: 0, y: 0)
        let press = [Action(type: "pointerDown", button: 0), Action(type: "pointerUp", button: 0)]
        let mouse = Pointer(actions: [move] + (1...clicks).flatMap { _ in press })
        try await post("actions", ["actions": [mouse]])
    }

    /// Waits until a script's expression is true.
    func wait(until expression: String) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try await !evaluate("return Boolean(\(expression))", as: Bool.self) {
            if ContinuousClock.now > deadline {
                Issue.record("Waited 30 s in vain for: \(expression)")
                return
            }
            try await Task.sleep(for: .milliseconds(30))
        }
    }

    fileprivate func close() async {
        _ = try? await driver.command("DELETE", "session/\(session)", [String: String](), returning: Nothing?.self)
    }

    private func post(_ path: String, _ body: some Encodable) async throws {
        _ = try await driver.command("POST", "session/\(session)/\(path)", body, returning: Nothing?.self)
    }

    private struct Session: Decodable {
        var sessionId: String
    }

    private struct Options: Encodable {
        var binary: String
        var args: [String]
    }

    private struct Override: Encodable {
        struct Metrics: Encodable {
            var width: Int
            var height: Int
            var deviceScaleFactor: Int
            var mobile: Bool
        }
        var cmd = "Emulation.setDeviceMetricsOverride"
        var params: Metrics
    }

    private struct Script: Encodable {
        var script: String
        var args: [String] = []
    }

    private struct Pointer: Encodable {
        var type = "pointer"
        var id = "mouse"
        var actions: [Action]
    }

    private struct Action: Encodable {
        var type: String
        var duration: Int?
        var button: Int?
        var origin: [String: String]?
        var x: Int?
        var y: Int?
    }
}

/// Starts Chromium, hands it to `body`, and ends it.
///
/// Needs Debian's packages `chromium` and `chromium-driver`; without them it throws an error that names them.
func withBrowser(width: Int = 1280, _ body: @escaping @Sendable (Browser) async throws -> Void) async throws {
    let driver = try Executable.find("chromedriver", package: "chromium-driver")
    try await withTemporaryFolder { folder in
        try await withProgram(driver, ["--port=0"], temporaryFolder: folder, saying: "successfully on port") {
            program in
            let port = try #require(program.line.firstMatch(of: /port ([0-9]+)/)?.1)
            let address = try #require(URL(string: "http://127.0.0.1:\(port)"))
            let browser = try await Browser(driver: WebDriver(address: address), width: width)
            let result = await Swift.Result { try await body(browser) }
            await browser.close()
            try result.get()
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
