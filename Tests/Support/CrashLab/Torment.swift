import ArgumentParser
import NIOCore

/// What is done to the gateways.
enum Torment: String, CaseIterable, ExpressibleByArgument {
    /// kill -9 of the only gateway, and a new start.
    case kill
    /// One of two gateways is stopped until its leases are over, and goes on.
    case stop
    /// The clock of one of two gateways is set; now and then that one is killed.
    case clock
    /// The disk of the store is filled to the last byte, and freed.
    case full

    /// How many gateways share the store.
    var gateways: Int {
        switch self {
        case .kill, .full: 1
        case .stop, .clock: 2
        }
    }

    /// How long callers wait for an answer: not much longer than the upstream takes where gateways stand still.
    var patience: TimeAmount { self == .stop ? .milliseconds(1500) : .seconds(5) }
}
