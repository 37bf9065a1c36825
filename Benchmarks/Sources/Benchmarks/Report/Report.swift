import Foundation

/// What a run finds out: shown and kept as it comes.
struct Report {
    /// What the tables that come now belong to.
    var group = ""
    /// What went wrong. The run goes on, and says so at its end.
    private(set) var failures: [String] = []
    private let run: RunDescription
    private let folder: ResultsFolder

    init(run: RunDescription, folder: ResultsFolder) {
        self.run = run
        self.folder = folder
    }

    /// Adds a table, shows it and keeps it at once.
    ///
    /// - Parameter measurements: What its rows come from. Those that failed are told below it.
    mutating func add(_ table: Table, of measurements: [Measurement] = []) {
        var table = table
        for measurement in measurements {
            guard let failure = measurement.failure else { continue }
            table.note("\(measurement.name) failed in this run.")
            fail("\(table.title): \(measurement.name): \(failure)")
        }
        Console.say("\n" + table.text)
        change { [run] in $0.put(table, of: run) }
    }

    /// Notes what went wrong and goes on.
    mutating func fail(_ what: String) {
        failures.append("\(group): \(what)")
        Console.warn("FAILED \(group): \(what)")
    }

    private mutating func change(_ body: (inout GroupResults) -> Void) {
        do {
            var results = try folder.load(group)
            body(&results)
            try folder.save(results, of: group)
        } catch {
            fail("a table could not be kept: \(error)")
        }
    }
}
