import Foundation

/// When, where and how thoroughly a run measures: what stands above its tables.
struct RunDescription: Codable, Hashable {
    /// The day and the machine.
    let machine: String
    /// The disk, measured in the same run.
    let disk: String
    /// How thoroughly.
    let form: String

    init(machine: Machine, effort: Effort) {
        self.machine = machine.description
        disk = machine.disk
        form = "\(effort.name), \(effort.rounds) rounds"
    }

    /// Above the tables.
    var heading: String { "Measured \(machine); \(disk). Form: \(form)." }

    /// Below the summary.
    var short: String { "Measured \(machine). Form: \(form)." }
}
