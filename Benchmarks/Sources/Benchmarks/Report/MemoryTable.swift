import Foundation

/// What processes hold resident before, under and after load.
struct MemoryTable {
    /// How long the servers have nothing to do before they are asked again, in seconds.
    private static let rest: UInt32 = 5

    private struct Row {
        let name: String
        let start: Int
        let read: () -> (now: Int, peak: Int)
    }

    private let title: String
    private var rows: [Row] = []

    init(_ title: String) {
        self.title = title
    }

    /// Adds a process that held `start` bytes before any request.
    mutating func add(_ name: String, _ start: Int, read: @escaping () -> (now: Int, peak: Int)) {
        rows.append(Row(name: name, start: start, read: read))
    }

    /// The table, after some seconds without load.
    func afterRest() -> Table {
        sleep(Self.rest)
        var table = Table(title, "resident", "before any request", "most under load", "\(Self.rest) s after it")
        for row in rows {
            let (now, peak) = row.read()
            table.add(row.name, Figure.size(row.start), Figure.size(peak), Figure.size(now))
        }
        return table
    }
}
