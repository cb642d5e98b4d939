# frozen_string_literal: true

module DDConsul
  # What fictitious people do with a vraagstuk, to show what it is like. In a field stands what they did of one sort.
  class ExampleKind < Kind
    kind "example", "DDConsul::Crowd"

    PARTS = {
      "people" => ExamplePeople, "votes" => ExampleVotes, "open_answers" => ExampleOpenAnswers,
      "ideas" => ExampleIdeas, "proposals" => ExampleProposals, "supports" => ExampleSupports,
      "judged" => ExampleJudged, "ballots" => ExampleBallots, "answers" => ExampleAnswers,
      "comments" => ExampleComments, "remarks" => ExampleRemarks, "opinions" => ExampleOpinions
    }.freeze

    # Of which the rest depends: who does it, and what it is done with.
    FIRST = %w[people ideas proposals].freeze

    # The name of the vraagstuk.
    def name
      key.split(" ", 2).last
    end

    # Also when its people are there already.
    def build
      Crowd.new(name)
    end

    def read(crowd, field)
      part(crowd, field).read
    end

    def write(_crowd, field, value)
      changes[field] = value
    end

    def clear(_crowd, fields)
      fields.each { |field| changes[field] = nil }
    end

    # In the order of the document: people first, and what they wrote before who supports it.
    def save(crowd)
      others = changes.keys.intersect?(FIRST) ? fields : {}
      others.merge(changes).each { |field, value| part(crowd, field).write(value) }
      changes.clear
    end

    # In whatever order.
    def normal(_field, text)
      text.to_s.split("\n").sort.join("\n").presence || ExamplePart::NONE
    end

    # Returns what stays, since inhabitants reacted to it.
    def leave
      build.leave
    end

    # The poll, budget, process or debate that it is about; nil for proposals, and when it is gone.
    def above
      record(parent) if parent
    end

    # Something that belongs to that, by its name without the vraagstuk's.
    def below(kind, part)
      record("#{kind} #{name}/#{part}")
    end

    # The name of something that belongs to it; of what isn't ours, its number.
    def name_of(record)
      return unless record

      @run.key_of(record)&.split(" ", 2)&.last&.delete_prefix("#{name}/") || record.id.to_s
    end

    private

    def changes
      @changes ||= {}
    end

    def part(crowd, field)
      PARTS.fetch(field).new(self, crowd, field)
    end

    # Somebody may have deleted it in the admin pages.
    def record(key)
      @run.record(key)
    rescue Refusal
      nil
    end
  end
end
