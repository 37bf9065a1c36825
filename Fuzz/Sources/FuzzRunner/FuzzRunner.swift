import Foundation

/// What libFuzzer calls with every input. `FUZZ_PROPERTY` names the property; a violation is a crash, which libFuzzer
/// keeps as a file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    do {
        try chosen.check(bytes)
    } catch {
        fatalError("\(error)")
    }
    return 0
}

private let chosen: FuzzProperty = {
    let name = ProcessInfo.processInfo.environment["FUZZ_PROPERTY"] ?? ""
    guard let property = FuzzProperty(rawValue: name) else {
        let all = FuzzProperty.allCases.map(\.rawValue).joined(separator: ", ")
        fatalError("FUZZ_PROPERTY is \"\(name)\"; there are \(all)")
    }
    return property
}()
