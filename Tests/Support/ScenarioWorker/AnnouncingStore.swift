import Idempotency

/// A store that says before and after each write what it is about.
struct AnnouncingStore: RecordStore {
    let base: any RecordStore
    let steps: Steps

    func exchange(_ exchange: Exchange) async throws(StoreError) -> ExchangeReply {
        let name = Self.name(exchange)
        await steps.reach("before \(name)")
        do {
            let reply = try await base.exchange(exchange)
            if case .stored = reply {
                await steps.reach("after \(name)")
            } else {
                await steps.reach("refused \(name)")
            }
            return reply
        } catch {
            await steps.reach("error \(error)")
            throw error
        }
    }

    private static func name(_ exchange: Exchange) -> String {
        guard let next = exchange.next else { return "release" }
        return switch next.state {
        case .running: next.fence == nil ? "claim" : "renewal"
        case .completed: "completion"
        case .inDoubt: "doubt"
        }
    }
}
