/// Pairs of a yardstick and what is measured by it, each pair at another number of callers.
struct PairTable {
    /// The one and the other, measured in the same rounds.
    struct Pair {
        let name: String
        let yardstick: Measurement
        let measured: Measurement
    }

    let title: String
    /// What the first column says, and what the yardstick and the measured are called.
    let header: (rows: String, yardstick: String, measured: String)
    private(set) var pairs: [Pair] = []

    init(_ title: String, _ rows: String, yardstick: String, measured: String) {
        self.title = title
        header = (rows, yardstick, measured)
    }

    mutating func add(_ name: String, _ yardstick: Measurement, _ measured: Measurement) {
        pairs.append(Pair(name: name, yardstick: yardstick, measured: measured))
    }

    var measurements: [Measurement] { pairs.flatMap { [$0.yardstick, $0.measured] } }

    /// A row for each pair.
    var table: Table {
        var table = Table(
            title, header.rows, header.yardstick, "p50", "p99", header.measured, "p50", "p99", "ratio")
        for pair in pairs {
            table.add(
                pair.name, Figure.whole(pair.yardstick.rate), Figure.time(pair.yardstick.latency(50)),
                Figure.time(pair.yardstick.latency(99)), Figure.whole(pair.measured.rate),
                Figure.time(pair.measured.latency(50)), Figure.time(pair.measured.latency(99)),
                Figure.ratio(pair.measured.ratio(to: pair.yardstick)))
        }
        return table
    }

    /// The same with a key figure: how the last pair compares.
    func citing(_ what: String, _ yardstick: String) -> Table {
        var table = table
        if let pair = pairs.last {
            table.cite(
                Figure.ratio(pair.measured.ratio(to: pair.yardstick)) + " ×",
                for: "\(what), \(pair.name) \(header.rows), against \(yardstick)")
        }
        return table
    }
}
