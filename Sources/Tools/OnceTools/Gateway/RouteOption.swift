/// The options of a route in the configuration file.
enum RouteOption: String, CaseIterable {
    case methods, path, key
    case keySource = "key-source"
    case scope, anonymous
    case fingerprintIgnore = "fingerprint-ignore"
    case fingerprintHeaders = "fingerprint-headers"
    case retention, lease, wait, interrupted
    case maxBody = "max-body"
    case maxResponse = "max-response"
    case keepAnswers = "keep-answers"
    case replayHeaders = "replay-headers"
    case statuses
}
