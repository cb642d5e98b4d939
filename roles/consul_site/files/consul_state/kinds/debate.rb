# frozen_string_literal: true

module DDConsul
  # A debate that the municipality begins. Consul knows no end of one.
  class DebateKind < Kind
    include Categorised

    kind "debate", "Debate"

    LIST = :tag_list

    def build
      model.new(author: @run.author, terms_of_service: "1")
    end

    def used?(record)
      Contributions.any?(
        comments: { commentable_type: model.name, commentable_id: record.id },
        votes: { votable_type: model.name, votable_id: record.id },
        flags: { flaggable_type: model.name, flaggable_id: record.id }
      )
    end

    def hide(record)
      record.hide
    end

    def destroy(record)
      erase(record)
    end
  end
end
