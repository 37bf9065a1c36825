import Foundation

/// What an operation and a start cost when more and more keys are stored, with expired ones being swept all the time.
struct ScaleGroup {
    let effort: Effort
    let folder: String
    let stores: [EmbeddedStore]

    func run(into report: inout Report) async throws {
        for kind in stores {
            do {
                try await measure(kind, into: &report)
            } catch {
                report.fail("\(kind.name): \(error)")
            }
        }
    }

    private func measure(_ kind: EmbeddedStore, into report: inout Report) async throws {
        var filled: [FilledStore] = []
        defer { for store in filled { store.remove() } }
        for count in effort.storedKeys {
            do {
                filled.append(try await FilledStore(kind, StoredKeys(count: count), in: folder))
            } catch {
                report.fail("\(kind.name), \(count) keys: \(error)")
            }
        }
        guard !filled.isEmpty else { return }
        var opened: [OpenedStore] = []
        for store in filled { opened.append(try await store.open()) }
        try await StoredKeysComparison(effort: effort, name: kind.name, isCited: kind == .rocksdb).run(
            zip(opened, filled).map { .init(store: $0.store, keys: $1.keys) }, into: &report)
        for store in opened { await store.close() }
        try StartMeasurement(effort: effort, folder: folder).measure(kind, filled, into: &report)
    }
}
