import IdempotencyListing
import Testing

@Suite struct ResumePlacesTests {
    @Test("Every walk goes on where its own number says")
    func several() {
        let places = ResumePlaces<String>()
        let (a, b) = (places.number("a"), places.number("b"))
        #expect(a != b)
        #expect(places.place(a) == "a")
        #expect(places.place(b) == "b")
        #expect(places.place(a) == "a", "A page may be asked for again.")
    }

    @Test("Of too many walks the oldest begins anew, and a number that nobody gave does too")
    func limited() {
        let places = ResumePlaces<Int>(limit: 3)
        let numbers = (0..<4).map { places.number($0) }
        #expect(numbers.map { places.place($0) } == [nil, 1, 2, 3])
        #expect(places.place(0) == nil)
        #expect(places.place(.max) == nil)
    }
}
