import ArgumentParser
import OnceTools

extension ParsableArguments {
    /// What was given, by the name of its option: that of the property, in words with hyphens between. So a flag is
    /// written down once here, and once as a `GatewayOption`.
    var byOption: [String: [String]] {
        var given: [String: [String]] = [:]
        for child in Mirror(reflecting: self).children {
            guard let label = child.label else { continue }
            let option = GatewayOption(flag: label)
            let texts: [String]
            switch child.value {
            case let single as Option<String?>: texts = single.wrappedValue.map { [$0] } ?? []
            case let several as Option<[String]>: texts = option.parts(of: several.wrappedValue)
            case let flag as Flag<Bool>: texts = flag.wrappedValue ? ["true"] : []
            default: preconditionFailure("\(label) is no text, no texts and no flag")
            }
            given[option.rawValue] = texts
        }
        return given
    }
}

extension GatewayOption {
    /// The option of a flag, by the name of the property behind its wrapper: `_maxBody` is `max-body`.
    fileprivate init(flag label: String) {
        var name = ""
        for letter in label.drop(while: { $0 == "_" }) {
            name += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
        }
        guard let option = GatewayOption(rawValue: name) else {
            preconditionFailure("--\(name) is a flag, but no option of the settings")
        }
        self = option
    }

    /// What was given, one by one: some may be given in one flag, with commas between.
    fileprivate func parts(of texts: [String]) -> [String] {
        guard [.trustedProxies, .upgrades].contains(self) else { return texts }
        return texts.flatMap { $0.split(separator: ",").map(String.init) }
    }
}
