# frozen_string_literal: true

module DDConsul
  # The votes in a poll: "inrichting/bomen | 5".
  class ExampleVotes < ExampleChoices
    # Who answered something has voted.
    def self.count(kind, ids)
      voted = Rows["poll_answers"].where(author_id: ids).distinct.pluck(:author_id)
      poll = kind.above or return
      Rows.match(Rows["poll_voters"].where(user_id: ids),
                 voted.sort.map { |id| { "poll_id" => poll.id, "user_id" => id, "origin" => "web" } })
    end

    private

    def rows
      Rows["poll_answers"].where(author_id: ids).where.not(option_id: nil)
    end

    def name(row)
      @kind.name_of(Poll::Question::Option.unscoped.find_by(id: row.option_id))
    end

    def question(name)
      name.rpartition("/").first
    end

    def row(person, name)
      option = @kind.below("option", name) or return
      { "author_id" => person, "question_id" => option.question_id, "option_id" => option.id,
        "answer" => option.title }
    end

    def after(_rows)
      ExampleVotes.count(@kind, ids)
    end
  end

  # What they answered to an open question of a poll: "verder | Voorbeeld: graag een fontein."
  class ExampleOpenAnswers < ExamplePart
    private

    def rows
      Rows["poll_answers"].where(author_id: ids, option_id: nil)
    end

    def lines
      rows.map { |row| [@kind.name_of(Poll::Question.unscoped.find_by(id: row.question_id)), row.answer].join(BAR) }
    end

    def match(lines)
      given = lines.each.with_index.filter_map do |line, place|
        name, _, text = line.partition(BAR)
        question = @kind.below("question", name) or next
        { "author_id" => ids[place % ids.size], "question_id" => question.id, "option_id" => nil, "answer" => text }
      end
      Rows.match(rows, given)
      ExampleVotes.count(@kind, ids)
    end
  end

  # Who agrees with a debate: "agree | 8", "disagree | 2".
  class ExampleOpinions < ExampleChoices
    private

    def rows
      Rows["votes"].where(voter_type: "User", voter_id: ids, votable_type: "Debate")
    end

    def name(row)
      row.vote_flag ? "agree" : "disagree"
    end

    def row(person, name)
      debate = @kind.above or return
      { "voter_type" => "User", "voter_id" => person, "votable_type" => "Debate", "votable_id" => debate.id,
        "vote_flag" => name == "agree" }
    end

    def after(rows)
      Rows.count_votes(rows)
    end
  end

  # Support for what they wrote themselves: "Voorbeeld: een bankje | 5".
  class ExampleSupports < ExampleChoices
    private

    def rows
      Rows["votes"].where(voter_type: "User", voter_id: ids, votable_type: ["Proposal", "Budget::Investment"])
    end

    def written
      @written ||= [ExampleProposals, ExampleIdeas].map { |part| part.new(@kind, @crowd, nil).by_name }
                                                   .reduce(:merge)
    end

    def name(row)
      written.key(written.values.find { |record| [record.class.name, record.id] == [row.votable_type, row.votable_id] })
    end

    def row(person, name)
      record = written[name] or return
      { "voter_type" => "User", "voter_id" => person, "votable_type" => record.class.name, "votable_id" => record.id,
        "vote_flag" => true }
    end

    def after(rows)
      Rows.count_votes(rows)
    end
  end

  # What they chose when people vote on a budget: "wijken/noord | Voorbeeld: een bankje | 5".
  class ExampleBallots < ExampleChoices
    private

    def ideas
      @ideas ||= ExampleIdeas.new(@kind, @crowd, nil).by_name
    end

    def ballots
      Rows["budget_ballots"].where(user_id: ids)
    end

    def rows
      Rows["budget_ballot_lines"].where(ballot_id: ballots.ids)
    end

    def name(row)
      ideas.key(ideas.values.find { |idea| idea.id == row.investment_id })
    end

    def match(lines)
      @budget = @kind.above or return
      voters = chosen(lines).map(&:first).uniq
      Rows.match(ballots, voters.map { |id| { "user_id" => id, "budget_id" => @budget.id } })
      @ballot_of = ballots.pluck(:user_id, :id).to_h
      super
    end

    def row(person, name)
      idea = ideas[name] or return
      { "ballot_id" => @ballot_of.fetch(person), "investment_id" => idea.id, "budget_id" => @budget.id,
        "group_id" => idea.group_id, "heading_id" => idea.heading_id }
    end

    def after(rows)
      counter = %w[ballot_lines_count budget_ballot_lines]
      Rows.count_in("budget_investments", rows.pluck("investment_id"), *counter, "investment_id")
      Rows.count_in("budget_ballots", ballots.ids, *counter, "ballot_id")
    end
  end

  # Whether their ideas passed, so that people can vote on them: what officials do.
  class ExampleJudged < ExamplePart
    PASSED = { "feasibility" => "feasible", "valuation_finished" => true, "selected" => true }.freeze

    def read
      (records.any? && records.all?(&:selected)).to_s
    end

    def write(value)
      passed = value == true ? PASSED : Budget::Investment.column_defaults.slice(*PASSED.keys)
      records.update_all(passed.slice(*Budget::Investment.column_names))
    end

    private

    def records
      Deeds.written("Budget::Investment", ids)
    end
  end

  # The answers to questions about a plan: "nut/ja | 5".
  class ExampleAnswers < ExampleChoices
    def self.count(rows)
      %w[legislation_questions legislation_question_options].each do |table|
        column = "#{table.singularize}_id"
        Rows.count_in(table, rows.pluck(column), "answers_count", "legislation_answers", column)
      end
    end

    private

    def rows
      Rows["legislation_answers"].where(user_id: ids)
    end

    def name(row)
      @kind.name_of(Legislation::QuestionOption.unscoped.find_by(id: row.legislation_question_option_id))
    end

    def question(name)
      name.rpartition("/").first
    end

    def row(person, name)
      option = @kind.below("process_option", name) or return
      { "user_id" => person, "legislation_question_id" => option.legislation_question_id,
        "legislation_question_option_id" => option.id }
    end

    def after(rows)
      ExampleAnswers.count(rows)
    end
  end
end
