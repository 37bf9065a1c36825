import Foundation

/// What the figures were measured on.
struct Machine {
    /// Medians of the round: write 4 KiB at the end of a file and `fdatasync`, in microseconds.
    let syncMedian: Double
    let syncWorst: Double

    /// Measures the disk that `folder` lies on.
    init(folder: String) throws {
        let path = folder + "/sync"
        let file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
        guard file >= 0 else { throw BenchmarkError("cannot write to \(folder)") }
        defer {
            close(file)
            unlink(path)
        }
        let page = [UInt8](repeating: 0x5A, count: 4096)
        var latencies = Sample.histogram()
        for _ in 0..<300 {
            let start = ContinuousClock.now
            guard write(file, page, page.count) == page.count, fdatasync(file) == 0 else {
                throw BenchmarkError("cannot write to \(folder)")
            }
            latencies.record(UInt64((ContinuousClock.now - start) / .nanoseconds(1)))
        }
        syncMedian = Double(latencies.valueAtPercentile(50)) / 1000
        syncWorst = Double(latencies.valueAtPercentile(99)) / 1000
    }

    /// The day and the machine.
    var description: String {
        let date = Date.now.formatted(.iso8601.year().month().day())
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let kernel = release.split(separator: ".").prefix(2).joined(separator: ".")
        return "\(date): \(cores) cores, Linux \(kernel)"
    }

    /// What the disk takes.
    var disk: String {
        "appending 4 KiB with fdatasync \(Figure.time(syncMedian)) (p50), \(Figure.time(syncWorst)) (p99)"
    }
}

/// Why a benchmark cannot be run.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
