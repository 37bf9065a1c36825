/// A random JSON value, and random ways to spell it.
indirect enum Spelling {
    case word(String)
    /// Digits and a power of ten.
    case number(sign: String, digits: String, power: Int)
    case string(String)
    case array([Spelling])
    case object([(String, Spelling)])

    static func random(_ random: inout Seeded, depth: Int = 4) -> Spelling {
        switch random.below(depth > 0 ? 6 : 4) {
        case 0: return .word(["true", "false", "null"][random.below(3)])
        case 1:
            let digits = String(1 + random.below(9)) + String((0..<random.below(25)).map { _ in digit(&random) }) + "3"
            return .number(sign: random.below(2) == 0 ? "" : "-", digits: digits, power: random.below(60) - 30)
        case 2, 3: return .string(text(&random))
        case 4: return .array((0..<random.below(4)).map { _ in .random(&random, depth: depth - 1) })
        default:
            var names: [String: Spelling] = [:]
            for _ in 0..<random.below(6) { names[text(&random)] = .random(&random, depth: depth - 1) }
            return .object(names.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }

    /// This value, spelt at random.
    func text(_ random: inout Seeded) -> String {
        let space = { (random: inout Seeded) in ["", "", "", " ", "\n\t", "  \r\n"][random.below(6)] }
        var text = space(&random)
        switch self {
        case .word(let word): text += word
        case .number(let sign, let digits, let power): text += sign + Self.number(digits, power, &random)
        case .string(let string): text += Self.quoted(string, random: &random)
        case .array(let elements):
            text += "[" + space(&random)
            text += elements.map { $0.text(&random) }.joined(separator: ",") + "]"
        case .object(let members):
            text += "{" + space(&random)
            let members = members.shuffled(using: &random)
            text += members.map { name, value in
                space(&random) + Self.quoted(name, random: &random) + space(&random) + ":" + value.text(&random)
            }.joined(separator: ",")
            text += "}"
        }
        return text + space(&random)
    }

    /// This value with one thing in it changed.
    func changed(_ random: inout Seeded) -> Spelling {
        switch self {
        case .word(let word): return .word(word == "true" ? "false" : "true")
        case .number(let sign, let digits, let power):
            switch random.below(3) {
            case 0: return .number(sign: sign.isEmpty ? "-" : "", digits: digits, power: power)
            case 1: return .number(sign: sign, digits: digits, power: power + 1)
            default: return .number(sign: sign, digits: digits.dropLast() + "4", power: power)
            }
        case .string(let text): return .string(text + "x")
        case .array(var elements):
            guard !elements.isEmpty else { return .array([.word("null")]) }
            let index = random.below(elements.count)
            elements[index] = elements[index].changed(&random)
            return .array(elements)
        case .object(var members):
            guard !members.isEmpty else { return .array([]) }
            let index = random.below(members.count)
            members[index].1 = members[index].1.changed(&random)
            return .object(members)
        }
    }

    static func quoted(_ text: String, random: inout Seeded) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" || random.below(4) == 0 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: random.below(2) == 0)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func number(_ digits: String, _ power: Int, _ random: inout Seeded) -> String {
        let zeros = random.below(3)
        let padded = digits + String(repeating: "0", count: zeros)
        let point = 1 + random.below(padded.count)
        let exponent = power - zeros + (padded.count - point)
        let whole = padded.prefix(point)
        let fraction = padded.dropFirst(point)
        let mark = random.below(2) == 0 ? "e" : "E"
        let sign = exponent >= 0 && random.below(2) == 0 ? "+" : ""
        let tail = exponent == 0 && random.below(2) == 0 ? "" : "\(mark)\(sign)\(exponent)"
        return whole + (fraction.isEmpty ? "" : "." + fraction) + tail
    }

    private static func digit(_ random: inout Seeded) -> Character {
        Character(String(random.below(10)))
    }

    private static func text(_ random: inout Seeded) -> String {
        let alphabet = Array("ab\"\\/\n\u{1}é€\u{FB33}😀 0".unicodeScalars)
        var text = String.UnicodeScalarView()
        for _ in 0..<random.below(6) { text.append(alphabet[random.below(alphabet.count)]) }
        return String(text)
    }
}
