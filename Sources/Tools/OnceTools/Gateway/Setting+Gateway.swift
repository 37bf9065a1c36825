import Foundation
import Idempotency
import IdempotencyAdmin
import IdempotencyGateway
import IdempotencyHTTP
import Logging

extension Setting where Value == Duration {
    /// An attempt renews at a third of it and must survive a store that fails over; a day is more than requests take.
    static var lease: Setting { .duration(.seconds(1) ... .seconds(86_400)) }
    /// Long enough for a retry, short enough that stores do not grow for ever.
    static var retention: Setting { .duration(.seconds(1) ... .seconds(366 * 86_400)) }
    /// A duplicate occupies a connection while it waits.
    static var wait: Setting { .duration(.zero ... .seconds(300)) }
    static var timeout: Setting { .duration(.milliseconds(10) ... .seconds(3600)) }
    static var interval: Setting { .duration(.seconds(1) ... .seconds(86_400)) }
    /// Each holds an upstream connection meanwhile; an hour is more than upstreams take.
    static var lateAnswer: Setting { .duration(.zero ... .seconds(3600)) }
    /// Each holds two connections meanwhile.
    static var upgradeIdle: Setting { .duration(.seconds(1) ... .seconds(86_400)) }
    static var drain: Setting { .duration(.zero ... .seconds(3600)) }
    static var healthInterval: Setting { .duration(.milliseconds(100) ... .seconds(3600)) }
}

extension Setting where Value == Int {
    /// Bodies are held in memory, and answers in one record, which stores take up to 16 MiB.
    static var bodySize: Setting { .size(1...(1 << 30)) }
    /// `0B` for no cache.
    static var cacheSize: Setting { .size(0...(1 << 40)) }
    static var responseSize: Setting { .size(1...((16 << 20) - (64 << 10))) }
    /// `0B` for no new keys.
    static var storedSize: Setting { .size(0...(1 << 60)) }
}

extension Setting where Value == Origin {
    static var upstream: Setting {
        Setting("http://HOST[:PORT], https://HOST[:PORT]") { try Origin(url: $0) }
    }
}

extension Setting where Value == InterruptedPolicy {
    static var interrupted: Setting {
        Setting("hold, rerun, ask:http[s]://HOST[:PORT][/PATH]") { text in
            switch text {
            case "hold": return .hold
            case "rerun": return .rerun
            default:
                guard text.hasPrefix("ask:") else { return nil }
                return .ask(try ReconciliationURL(url: String(text.dropFirst(4))))
            }
        }
    }
}

extension Setting where Value == InterruptedRule {
    static var interruptedRule: Setting {
        Setting("hold, rerun, ask") { ["hold": .hold, "rerun": .rerun, "ask": .reconcile][$0] }
    }
}

extension Setting where Value == AddressRange {
    static var proxy: Setting {
        Setting("an address or a range of them, for example 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32") { AddressRange($0) }
    }
}

extension Setting where Value == UpgradeProtocol? {
    /// YAML takes `off` for `false`.
    static var upgrade: Setting {
        Setting("names of protocols that are not HTTP, for example websocket; or off") { text in
            if text == "off" || text == "false" { return .some(nil) }
            return UpgradeProtocol(text).map { .some($0) }
        }
    }
}

extension Setting where Value == String {
    static var file: Setting { .text("the path of a file") }

    /// The path that is asked for, and perhaps a query.
    static var healthPath: Setting {
        Setting("a path, for example /healthz") { text in
            text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x23 } ? text : nil
        }
    }

    /// A name as certificates have it; an address is none.
    static var serverName: Setting {
        Setting("a host name (RFC 1123)") { text in
            let letters = text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E
            }
            let hasLetter = text.utf8.contains { (0x61...0x7A).contains($0 | 0x20) }
            return letters && hasLetter && text.utf8.count <= 253 ? text : nil
        }
    }

    static var headerName: Setting {
        Setting("the name of a header (RFC 9110 section 5.1)") { FieldName.isToken($0) ? $0 : nil }
    }

    static var pageOrigin: Setting {
        Setting("https://HOST[:PORT] or http://HOST[:PORT], several of them, or * alone") { text in
            do throws(RuleError) {
                return try CrossOriginRule(origins: [text]).origins.first
            } catch {
                return nil
            }
        }
    }

    static var method: Setting {
        Setting(RouteRule.guardableMethods.joined(separator: ", ")) { text in
            RouteRule.guardableMethods.contains(text) ? text : nil
        }
    }

    /// A secret, given or in a file.
    static func secret(_ fewest: Int) -> Setting {
        Setting("\(fewest) or more printable ASCII characters without spaces, or file:PATH of a file that has them") {
            text in
            var secret = text
            if text.hasPrefix("file:") {
                guard let read = try? String(contentsOfFile: String(text.dropFirst(5)), encoding: .utf8) else {
                    throw Unreadable("the file cannot be read.")
                }
                secret = read.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            return secret.utf8.count >= fewest && secret.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? secret : nil
        }
    }
}

extension Setting where Value == KeySource {
    static var keySource: Setting {
        Setting("header:NAME, body:/JSON/POINTER, query:NAME") { text in
            guard let colon = text.firstIndex(of: ":") else { return nil }
            let rest = String(text[text.index(after: colon)...])
            switch text[..<colon] {
            case "header": return FieldName.isToken(rest) ? .header(rest) : nil
            case "query": return rest.isEmpty ? nil : .query(rest)
            case "body": return rest.isEmpty ? nil : .body(try JSONPointer(rest))
            default: return nil
            }
        }
    }
}

extension Setting where Value == ScopeSource {
    static var scope: Setting {
        Setting("header:NAME, several of them for all together, client-certificate, or shared") { text in
            if text == "shared" { return .shared }
            if text == "client-certificate" { return .verified }
            guard text.hasPrefix("header:") else { return nil }
            let name = String(text.dropFirst(7))
            return FieldName.isToken(name) ? .header(name) : nil
        }
    }
}

extension Setting where Value == ScopeRule.Anonymous {
    static var anonymous: Setting {
        Setting("share, refuse") { ["share": .share, "refuse": .refuse][$0] }
    }
}

extension Setting where Value == JSONPointer {
    static var pointer: Setting {
        Setting("a JSON pointer (RFC 6901), for example /created or /meta/trace") { try JSONPointer($0) }
    }
}

extension Setting where Value == PathPattern {
    static var pathPattern: Setting {
        Setting("a path, for example /payments, /payments/{id}/capture or /files/**") { try PathPattern($0) }
    }
}

extension Setting where Value == StatusPolicy.Rule {
    /// `502 in-doubt`, `400-499 release`, `503 with Retry-After release`.
    static var statusRule: Setting {
        let words = Disposition.allCases.map(\.rawValue).joined(separator: ", ")
        return Setting("STATUS or STATUS-STATUS, perhaps \"with HEADER\", and one of \(words)") { text in
            var parts = text.split(separator: " ").map(String.init)
            guard let disposition = parts.popLast().flatMap(Disposition.init(rawValue:)), let first = parts.first else {
                return nil
            }
            var header: String?
            if parts.count == 3, parts[1] == "with", FieldName.isToken(parts[2]) {
                header = parts[2]
            } else if parts.count != 1 {
                return nil
            }
            let bounds = first.split(separator: "-").map { Int($0) ?? 0 }
            guard (1...2).contains(bounds.count), bounds.allSatisfy({ (200...599).contains($0) }),
                bounds[0] <= bounds.last ?? 0
            else { return nil }
            return StatusPolicy.Rule(bounds[0]...(bounds.last ?? bounds[0]), header: header, disposition)
        }
    }
}

extension Setting where Value == Logger.Level {
    static var logLevel: Setting { .word }
}
