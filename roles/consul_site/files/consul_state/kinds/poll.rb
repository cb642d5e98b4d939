# frozen_string_literal: true

module DDConsul
  # A vote about questions, between two moments.
  class PollKind < Kind
    include Pictured
    include Districted

    kind "poll", "Poll"

    MEANING = ["", "ends_at", "geozone_restricted", "districts"].freeze
    REPORT = %w[results stats].freeze
    MOMENTS = %w[starts_at ends_at].freeze

    def build
      super.tap { |poll| poll.author = @run.author if poll.respond_to?(:author=) }
    end

    def read(record, field)
      case field
      when "districts" then districts(record)
      when *REPORT then (record.report[field] || false).to_s
      else super
      end
    end

    def write(record, field, value)
      case field
      when "districts" then record.geozones = value.to_s.split.map { |key| district(key) }
      when *REPORT then record.report[field] = value
      else super
      end
    end

    # In whatever order; and no is what nobody said.
    def normal(field, text)
      case field
      when "districts" then Kind.text(text.to_s.split.sort.join(" "))
      when *REPORT then text || "false"
      else super
      end
    end

    # Consul lets nobody make a poll that runs already, or begin one at once: its other rules are looked at with
    # moments that lie ahead. Of a poll that has begun the beginning stays, and of one that has ended the end, unless
    # it ended because it had left the document.
    def save(record)
      wanted = record.slice(*MOMENTS)
      refuse_backwards(wanted)
      free = record.new_record? || @run.back?(key)
      return super if !free && record.starts_at_in_database < Time.current

      ahead(record)
      super
      record.update_columns(wanted)
    end

    # Earlier is another vote; later only gives more people the time.
    def meaning?(field, old, new)
      super && (field != "ends_at" || new.nil? || Time.zone.parse(new) < Time.zone.parse(old))
    end

    def voting?(record)
      record.persisted? && record.current?
    end

    def title(record)
      record.name
    end

    def root(record)
      record
    end

    def parts(record)
      record.questions.flat_map { |question| [question, *question.question_options] }
    end

    def used?(record)
      questions = Contributions.ids("poll_questions", poll_id: record.id)
      of_poll = { poll_id: record.id }
      Contributions.any?(
        poll_voters: of_poll, poll_booth_assignments: of_poll, poll_ballot_sheets: of_poll,
        poll_answers: { question_id: questions },
        comments: { commentable_type: "Poll", commentable_id: record.id }
      )
    end

    # It ends now, unless it has.
    def hide(record)
      now = Time.current
      record.update_columns(MOMENTS.index_with { |name| [record[name], now].min }.merge(updated_at: now))
    end

    def destroy(record)
      record.geozones = []
      erase(record)
    end

    private

    def districts(record)
      Kind.text(record.geozones.map { |geozone| district_key(geozone) }.sort.join(" "))
    end

    def refuse_backwards(wanted)
      raise Refusal.new("it needs a beginning and an end", key, "ends_at") if wanted.values.any?(&:nil?)
      raise Refusal.new("it ends before it begins", key, "ends_at") if wanted["starts_at"] > wanted["ends_at"]
    end

    def ahead(record)
      record.restore_attributes(MOMENTS)
      return unless record.new_record?

      record.assign_attributes(starts_at: 1.hour.from_now, ends_at: 2.hours.from_now)
    end
  end
end
