import Synchronization

extension PrometheusMetrics {
    /// What the text is served as.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All values in the text format: names in order, each with its meaning and type, then its series.
    public func text() -> String {
        let (instruments, kinds, refused) = contents.withLock { ($0.instruments, $0.kinds, $0.refused) }
        let families = Dictionary(grouping: instruments, by: \.key.name)
        var text = ""
        for name in families.keys.sorted() {
            guard let kind = kinds[name], let family = families[name] else { continue }
            text +=
                "# HELP \(name) \(PrometheusText.escaped(help: meaning(of: name)))\n# TYPE \(name) \(kind.rawValue)\n"
            for (series, instrument) in family.sorted(by: { $0.key < $1.key }) {
                for sample in instrument.samples { text += Self.line(series, sample) }
            }
        }
        if refused > 0 {
            let name = "idempotency_metrics_refused_total"
            text += "# HELP \(name) Instruments that were refused: too many series, or one name of two kinds.\n"
            text += "# TYPE \(name) counter\n\(name) \(refused)\n"
        }
        return text
    }

    private static func line(_ series: Series, _ sample: Sample) -> String {
        let labels = (series.labels + (sample.label.map { [$0] } ?? []))
            .map { "\($0.name)=\"\(PrometheusText.escaped(label: $0.value))\"" }
        let list = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
        return "\(series.name)\(sample.suffix)\(list) \(sample.value)\n"
    }
}

extension PrometheusMetrics.Series: Comparable {
    static func < (a: Self, b: Self) -> Bool {
        (a.name, a.labels.map(\.value).joined(separator: "\u{0}"))
            < (b.name, b.labels.map(\.value).joined(separator: "\u{0}"))
    }
}
