/// The tables and key figures of one group, of one run or of several.
struct GroupResults: Codable {
    /// A table as it is shown, and the run that measured it.
    struct Entry: Codable {
        let title: String
        let text: String
        let run: RunDescription
    }

    /// A figure for the summary.
    struct KeyFigure: Codable {
        let what: String
        let figure: String
        let run: RunDescription
    }

    private(set) var tables: [Entry] = []
    private(set) var keyFigures: [KeyFigure] = []

    /// Adds a table in the place of an older one of that title.
    mutating func put(_ table: Table, of run: RunDescription) {
        let entry = Entry(title: table.title, text: table.text, run: run)
        if let index = tables.firstIndex(where: { $0.title == entry.title }) {
            tables[index] = entry
        } else {
            tables.append(entry)
        }
    }

    /// Adds a figure in the place of an older one of the same thing.
    mutating func put(figure: String, for what: String, of run: RunDescription) {
        let entry = KeyFigure(what: what, figure: figure, run: run)
        if let index = keyFigures.firstIndex(where: { $0.what == what }) {
            keyFigures[index] = entry
        } else {
            keyFigures.append(entry)
        }
    }

    /// All tables, below the run that measured them.
    var markdown: String {
        var text = ""
        var run: RunDescription?
        for table in tables {
            if table.run != run { text += (run == nil ? "" : "\n") + table.run.heading + "\n" }
            run = table.run
            text += "\n" + table.text
        }
        return text
    }
}
