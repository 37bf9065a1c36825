import IdempotencyPrometheus
import Metrics
import Testing

@Suite("The Prometheus text format")
struct PrometheusMetricsTests {
    private let metrics = PrometheusMetrics(help: ["requests_total": "Requests by outcome\\\n."])

    @Test("Counters and gauges have a meaning, a type and a line for each series, in order")
    func countersAndGauges() {
        Counter(label: "requests_total", dimensions: [("outcome", "replayed")], factory: metrics).increment(by: 2)
        Counter(label: "requests_total", dimensions: [("outcome", "executed")], factory: metrics).increment()
        Gauge(label: "in.flight", factory: metrics).record(1.5)
        #expect(
            metrics.text() == """
                # HELP in_flight No description.
                # TYPE in_flight gauge
                in_flight 1.5
                # HELP requests_total Requests by outcome\\\\\\n.
                # TYPE requests_total counter
                requests_total{outcome="executed"} 1
                requests_total{outcome="replayed"} 2

                """)
    }

    @Test("A timer is a histogram in seconds with cumulative buckets")
    func timers() {
        let timer = Metrics.Timer(label: "duration", factory: metrics)
        for milliseconds in [1, 2, 40_000] as [Int64] { timer.recordMilliseconds(milliseconds) }
        let lines = metrics.text().split(separator: "\n")
        #expect(lines.contains("# TYPE duration_seconds histogram"))
        #expect(lines.contains("duration_seconds_bucket{le=\"0.0005\"} 0"))
        #expect(lines.contains("duration_seconds_bucket{le=\"0.001\"} 1"))
        #expect(lines.contains("duration_seconds_bucket{le=\"30\"} 2"))
        #expect(lines.contains("duration_seconds_bucket{le=\"+Inf\"} 3"))
        #expect(lines.contains("duration_seconds_sum 40.003"))
        #expect(lines.contains("duration_seconds_count 3"))
    }

    @Test("Label values are escaped, names are made to fit")
    func escaping() {
        Counter(label: "1st-name", dimensions: [("a-b", "\"q\"\\\n"), ("__x", "y")], factory: metrics).increment()
        #expect(metrics.text().contains("_1st_name{a_b=\"\\\"q\\\"\\\\\\n\",label__x=\"y\"} 1\n"))
    }

    @Test("Two instruments of one series count together, a destroyed one is forgotten")
    func identity() {
        let first = Counter(label: "c", factory: metrics)
        let second = Counter(label: "c", factory: metrics)
        first.increment()
        second.increment()
        #expect(metrics.text().contains("\nc 2\n"))
        first.destroy()
        #expect(metrics.text().isEmpty)
    }

    @Test("A name of another kind is refused, and the refusal is counted")
    func kinds() {
        Counter(label: "c", factory: metrics).increment()
        Gauge(label: "c", dimensions: [("a", "b")], factory: metrics).record(1)
        #expect(metrics.text().contains("c 1\n") && !metrics.text().contains("a=\"b\""))
        #expect(metrics.text().contains("idempotency_metrics_refused_total 1\n"))
    }

    @Test("The number of series is bounded")
    func bound() {
        for number in 0...PrometheusMetrics.seriesLimit {
            Counter(label: "c", dimensions: [("n", "\(number)")], factory: metrics).increment()
        }
        #expect(metrics.text().contains("idempotency_metrics_refused_total 1\n"))
    }
}
