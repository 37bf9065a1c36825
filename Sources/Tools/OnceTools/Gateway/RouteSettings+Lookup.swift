import Crypto
import Idempotency
import IdempotencyHTTP

extension RouteSettings {
    /// Takes over what a route of the file sets.
    ///
    /// - Throws: `UsageError` that names file, line, route and option.
    mutating func apply(_ route: some SettingLookup) throws(UsageError) {
        func value<Value>(_ option: RouteOption, _ setting: Setting<Value>) throws(UsageError) -> Value? {
            try route.value(option.rawValue, setting)
        }
        func values<Value>(_ option: RouteOption, _ setting: Setting<Value>) throws(UsageError) -> [Value]? {
            try route.values(option.rawValue, setting)
        }
        if let new = try value(.key, .word as Setting<Requirement>) { requirement = new }
        if let new = try value(.keySource, .keySource) { key = new }
        if let new = try route.scopeSource(RouteOption.scope.rawValue) { scope.source = new }
        if let new = try value(.anonymous, .anonymous) { scope.anonymous = new }
        if let new = try values(.fingerprintIgnore, .pointer) { fingerprint.leavingOut = new }
        if let new = try values(.fingerprintHeaders, .headerName) { fingerprint.headers = new }
        if let new = try value(.retention, .retention) { retention = new }
        if let new = try value(.lease, .lease) { lease = new }
        if let new = try value(.wait, .wait) { wait = new }
        if let new = try value(.interrupted, .interruptedRule) { interrupted = new }
        if let new = try value(.maxBody, .bodySize) { maximumBody = new }
        if let new = try value(.maxResponse, .responseSize) { maximumResponse = new }
        if let new = try value(.keepAnswers, .bool) { keepsAnswers = new }
        if let new = try values(.replayHeaders, .headerName) { replay = ReplayPolicy(additionalHeaders: new) }
        if let new = try values(.statuses, .statusRule) { statuses = StatusPolicy(rules: new) }
    }

    /// Hashes fingerprints and credentials with a secret.
    mutating func use(secret: String) {
        let key = SymmetricKey(data: Array(secret.utf8))
        fingerprint.secret = key
        scope.secret = key
    }
}

extension SettingLookup {
    /// What tells callers apart: one header, several together, the client's certificate, or nothing.
    func scopeSource(_ name: String) throws(UsageError) -> ScopeSource? {
        guard let sources = try values(name, .scope), let first = sources.first else { return nil }
        guard sources.count > 1 else { return first }
        var names: [String] = []
        for source in sources {
            guard case .header(let name) = source else {
                throw UsageError(
                    "Only headers may stand together. Allowed: \(Setting.scope.allowed).", at: try place(name))
            }
            names.append(name)
        }
        return .headers(names)
    }
}
