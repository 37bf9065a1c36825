import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// What one request was answered.
enum Answer: Hashable, Sendable {
    case completed(String)
    case inDoubt
    /// Another request with the key is running.
    case inProgress
    /// The gateway did not let it through: its store was not to be had, or it was draining.
    case refused
    /// The upstream refused it before anything happened, and the key was freed.
    case released
    /// Same key, other request.
    case mismatch
}

/// One who pays: sends the same key until it gets a definite answer, as the README tells it to.
struct Caller: Sendable {
    let client: HTTPClient
    /// The gateways; each request goes to one of them.
    let addresses: [String]
    /// How long to wait for an answer; one that has not come by then may still have happened.
    let patience: TimeAmount
    let histories: Histories

    /// Asks until there is an outcome or a doubt, at most `tries` times.
    ///
    /// - Parameter doubtIsFinal: Whether to leave it at a doubt; or else that is asked about again.
    func call(_ key: String, tries: Int, doubtIsFinal: Bool = true) async -> Answer? {
        var last: Answer?
        for attempt in 0..<tries where !Task.isCancelled {
            last = await once(key)
            switch last {
            case .completed: return last
            case .inDoubt where doubtIsFinal: return last
            default: try? await Task.sleep(for: .milliseconds(min(10 << min(attempt, 4), 200)))
            }
        }
        return last
    }

    /// One request; `nil` when nobody knows what became of it.
    @discardableResult
    func once(_ key: String, to address: String? = nil, body: String? = nil, within patience: TimeAmount? = nil) async
        -> Answer?
    {
        let address = address ?? addresses.randomElement() ?? ""
        var request = HTTPClientRequest(url: address + "/effects")
        request.method = .POST
        request.headers.add(name: "Idempotency-Key", value: "\"\(key)\"")
        request.headers.add(name: "Authorization", value: "Bearer crash-lab")
        request.headers.add(name: "Content-Type", value: "text/plain")
        request.body = .bytes(ByteBuffer(string: body ?? key))
        let number = histories.begin(key)
        let answer: Answer?
        do {
            let response = try await client.execute(request, timeout: patience ?? self.patience)
            answer = try await read(response)
        } catch {
            answer = nil
        }
        histories.end(number, key, answer)
        return answer
    }

    private func read(_ response: HTTPClientResponse) async throws -> Answer? {
        let body = try await String(buffer: response.body.collect(upTo: 1 << 16))
        let isOurs = response.headers.first(name: "Content-Type")?.hasPrefix("application/problem+json") == true
        switch (response.status.code, isOurs) {
        case (200...299, _): return .completed(body)
        case (422, true): return .mismatch
        case (503, true): return .refused
        case (503, false): return .released
        case (_, true) where body.contains("doubt"): return .inDoubt
        case (409, true): return .inProgress
        default: return nil
        }
    }
}
