# frozen_string_literal: true

module DDConsul
  # One field of an example: what fictitious people did of one sort, a line for each. A line has parts with a bar
  # between them: "noord/bomen | Voorbeeld: meer bomen | 5".
  class ExamplePart
    BAR = " | "
    NONE = "none"

    # kind knows the document, and the name of each record.
    def initialize(kind, crowd, field)
      @kind = kind
      @crowd = crowd
      @field = field
    end

    def read
      lines.sort.join("\n").presence || NONE
    end

    def write(value)
      match(split(value))
    end

    private

    def ids
      @crowd.ids
    end

    def split(value)
      value.to_s.split("\n") - [NONE]
    end

    # What the document asks for.
    def wanted
      split(@kind.fields[@field])
    end
  end

  # How many there are.
  class ExamplePeople < ExamplePart
    def read
      ids.size.to_s
    end

    def write(value)
      @crowd.resize(value.to_i)
    end
  end

  # So many of them chose this: lines that end with a number, and rows that say who.
  class ExampleChoices < ExamplePart
    private

    def lines
      rows.filter_map { |row| name(row) }.tally.map { |name, count| [name, count].join(BAR) }
    end

    def match(lines)
      after(Rows.match(rows, chosen(lines).filter_map { |person, name| row(person, name) }))
    end

    # Pairs of a person and what he or she chose. One after another they choose, and round again, so that nobody chooses
    # one thing twice, or more of one question than they have to.
    def chosen(lines)
      turns = Hash.new(0)
      lines.flat_map do |line|
        name, _, count = line.rpartition(BAR)
        first = turns[question(name)]
        turns[question(name)] += count.to_i
        Array.new([count.to_i, ids.size].min) { |turn| [ids[(first + turn) % ids.size], name] }
      end
    end

    # What belongs to one question; else all does.
    def question(_name)
      nil
    end

    def after(_rows); end
  end

  # Texts that they wrote: a record for each line, by one after the other.
  class ExampleTexts < ExamplePart
    private

    # What stays since inhabitants reacted to it doesn't count, unless it is asked for.
    def lines
      records.map { |record| [line(record), record] }
             .reject { |line, record| wanted.exclude?(line) && Deeds.reacted?(record) }.map(&:first)
    end

    def records
      Deeds.written(self.class::WRITTEN, ids)
    end

    def match(lines)
      there = records.group_by { |record| line(record) }
      there.except(*lines).values.flatten.each { |record| Deeds.erase(record) unless Deeds.reacted?(record) }
      lines.each.with_index { |line, place| add(line, ids[place % ids.size]) unless there.key?(line) }
    end

    def add(line, person)
      record = build(*line.split(BAR), User.unscoped.find(person)) or return
      record.terms_of_service = "1" if record.respond_to?(:terms_of_service=)
      record.save!
    end

    def plain(html)
      CGI.unescapeHTML(html.to_s.gsub(/<[^>]+>/, "")).strip
    end

    def html(text)
      "<p>#{CGI.escapeHTML(text)}</p>"
    end
  end
end
