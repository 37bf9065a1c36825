import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// What one caller was told about one key.
enum Seen: Hashable, Sendable {
    case completed(String, isReplay: Bool)
    case inDoubt
    case nothing
}

/// One who pays: sends the same key until it gets a definite answer, as the README tells it to.
struct Caller: Sendable {
    let client: HTTPClient
    let address: String

    /// Asks until there is an outcome or a doubt, at most `tries` times.
    func call(_ key: String, tries: Int) async -> Seen {
        for attempt in 0..<tries {
            if Task.isCancelled { return .nothing }
            switch await once(key) {
            case .nothing: try? await Task.sleep(for: .milliseconds(min(10 << min(attempt, 4), 200)))
            case let definite: return definite
            }
        }
        return .nothing
    }

    /// One request; `nothing` for everything that allows another try with the same key.
    func once(_ key: String, timeout: TimeAmount = .seconds(5)) async -> Seen {
        var request = HTTPClientRequest(url: address + "/effects")
        request.method = .POST
        request.headers.add(name: "Idempotency-Key", value: "\"\(key)\"")
        request.headers.add(name: "Authorization", value: "Bearer crash-lab")
        request.headers.add(name: "Content-Type", value: "text/plain")
        request.body = .bytes(ByteBuffer(string: key))
        do {
            let response = try await client.execute(request, timeout: timeout)
            let body = try await String(buffer: response.body.collect(upTo: 1 << 16))
            let isReplay = response.headers.first(name: "Idempotent-Replayed") == "true"
            switch response.status.code {
            case 200...299: return .completed(body, isReplay: isReplay)
            case 409, 502, 504: return body.contains("doubt") ? .inDoubt : .nothing
            default: return .nothing
            }
        } catch {
            return .nothing
        }
    }
}
