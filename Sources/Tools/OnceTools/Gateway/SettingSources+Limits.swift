import IdempotencyGateway

extension SettingSources {
    /// Reads how much clients may take.
    func read(_ limits: inout GatewayLimits) throws(UsageError) {
        if let number = try given(.maxConnections, .number(1...1_000_000)) { limits.connections = number }
        if let number = try given(.maxConnectionsPerAddress, .number(1...1_000_000)) {
            limits.connectionsPerAddress = number
        }
        if let number = try given(.maxUpgrades, .number(1...1_000_000)) { limits.tunnels = number }
        if let size = try given(.maxHeader, .size(1024...(1 << 20))) { limits.headerBytes = size }
        if let size = try given(.maxHeaderField, .size(256...(1 << 20))) {
            limits.headerFieldBytes = size
            limits.requestLineBytes = size
        }
        if let number = try given(.maxHeaderFields, .number(10...10_000)) { limits.headerFields = number }
        if let size = try given(.minBodyRate, .size(0...(1 << 20))) { limits.bodyRate = size }
    }

    private func given(_ option: GatewayOption, _ setting: Setting<Int>) throws(UsageError) -> Int? {
        try value(option.rawValue, setting)
    }
}
