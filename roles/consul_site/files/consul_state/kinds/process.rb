# frozen_string_literal: true

module DDConsul
  # A plan that inhabitants talk about before it is decided on. Its phases begin and end by day.
  class ProcessKind < Kind
    include Pictured
    include Categorised

    kind "process", "Legislation::Process"

    LIST = :custom_list
    # What each phase is switched on by, and its first and last day.
    PHASES = {
      "draft_phase_enabled" => %w[draft_start_date draft_end_date],
      "debate_phase_enabled" => %w[debate_start_date debate_end_date],
      "proposals_phase_enabled" => %w[proposals_phase_start_date proposals_phase_end_date],
      "allegations_phase_enabled" => %w[allegations_start_date allegations_end_date]
    }.freeze

    def root(record)
      record
    end

    def parts(record)
      questions = record.questions.flat_map { |question| [question, *question.question_options] }
      [*record.draft_versions, *questions, *record.milestones, *record.documents]
    end

    def used?(record)
      of_process = { legislation_process_id: record.id }
      questions = Contributions.ids("legislation_questions", of_process)
      drafts = Contributions.ids("legislation_draft_versions", of_process)
      Contributions.any?(
        legislation_proposals: of_process, legislation_answers: { legislation_question_id: questions },
        comments: { commentable_type: "Legislation::Question", commentable_id: questions },
        legislation_annotations: { legislation_draft_version_id: drafts }
      )
    end

    # It ended yesterday, with all its phases.
    def hide(record)
      yesterday = Date.current - 1
      ended = { end_date: [record.end_date, [yesterday, record.start_date].max].min, updated_at: Time.current }
      PHASES.each do |enabled, (first, last)|
        next if !record[enabled] || record[last] <= yesterday

        ended.merge!(record[first] > yesterday ? { enabled => false } : { last => yesterday })
      end
      record.update_columns(ended)
    end

    # Not by Consul's own way: see ProcessOptionKind.
    def destroy(record)
      questions = Legislation::Question.unscoped.where(legislation_process_id: record.id)
      questions.each { |question| ProcessQuestionKind.erase_row(question) }
      Legislation::DraftVersion.unscoped.where(legislation_process_id: record.id).each { |draft| erase(draft) }
      record.reload
      erase(record)
    end
  end
end
