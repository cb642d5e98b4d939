# frozen_string_literal: true

module DDConsul
  # A version of the text that a process is about. Inhabitants write beside it.
  class DraftKind < Kind
    kind "draft", "Legislation::DraftVersion"

    def build
      model.new(process: @run.record(parent))
    end

    def root(record)
      record.process
    end

    def used?(record)
      Contributions.any?(legislation_annotations: { legislation_draft_version_id: record.id })
    end

    def hide(record)
      record.update_columns(status: "draft", final_version: false)
    end

    def destroy(record)
      erase(record)
    end
  end
end
