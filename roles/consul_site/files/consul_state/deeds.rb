# frozen_string_literal: true

module DDConsul
  # What fictitious people did. It goes as a whole, but for what inhabitants reacted to: their words would hang in
  # the air, and a vote would be lost.
  class Deeds
    # What they wrote, in the order in which it can go: a remark takes its comments along.
    WRITTEN = { "Legislation::Annotation" => "author_id", "Comment" => "user_id", "Budget::Investment" => "author_id",
                "Proposal" => "author_id" }.freeze
    # Where inhabitants react, by table: the name of what they react to, and who does.
    REACTIONS = { "comments" => %w[commentable user_id], "votes" => %w[votable voter_id],
                  "flags" => %w[flaggable user_id], "follows" => %w[followable user_id] }.freeze

    def self.author_of(record)
      record[WRITTEN.fetch(record.class.name)]
    end

    # What of one sort somebody of these wrote, also when a moderator hid it.
    def self.written(name, ids)
      name.constantize.unscoped.where(WRITTEN.fetch(name) => ids).order(:id)
    end

    # Whether an inhabitant reacted to it.
    def self.reacted?(record)
      reaction?(record) || spoken_to?(record) || chosen?(record) || talked_about?(record)
    end

    # Nothing is left of it, also not in Consul's log of changes.
    def self.erase(record)
      name = record.class.name
      Rows["budget_ballot_lines"].where(investment_id: record.id).delete_all if name == "Budget::Investment"
      Rows["votes"].where(votable_type: name, votable_id: record.id).delete_all
      record.respond_to?(:really_destroy!) ? record.really_destroy! : record.destroy!
      Rows["communities"].where(id: record.community_id).delete_all if record.try(:community_id)
      return unless Rows.there?("audits")

      %w[auditable associated].each do |role|
        Rows["audits"].where("#{role}_type" => name, "#{role}_id" => record.id).delete_all
      end
    end

    def initialize(ids)
      @ids = ids
    end

    # Returns what stays.
    def undo
      take_back_votes
      take_back_ballots
      take_back_answers
      stays, goes = WRITTEN.keys.flat_map { |name| Deeds.written(name, @ids).to_a }
                           .partition { |record| Deeds.reacted?(record) }
      goes.each { |record| Deeds.erase(record) if record.class.unscoped.exists?(record.id) }
      stays
    end

    class << self
      private

      def others(relation, column)
        relation.where(column => nil).or(relation.where.not(column => Crowd.everybody.select(:id)))
      end

      def reaction?(record)
        REACTIONS.any? do |table, (what, who)|
          Rows.there?(table) &&
            others(Rows[table].where("#{what}_type" => record.class.name, "#{what}_id" => record.id), who).exists?
        end
      end

      # A comment under it, or in the same thread.
      def spoken_to?(record)
        return comments_on(record).any? { |comment| reacted?(comment) } unless record.is_a?(Comment)

        replies = Comment.respond_to?(:descendants_of) ? Comment.unscoped.descendants_of(record) : Comment.none
        beside = record.commentable_type == "Legislation::Annotation" ? siblings(record) : Comment.none
        [replies, beside].any? { |comments| others(comments, :user_id).exists? }
      end

      def comments_on(record)
        Comment.unscoped.where(commentable_type: record.class.name, commentable_id: record.id)
      end

      def siblings(comment)
        Comment.unscoped.where(comment.slice(:commentable_type, :commentable_id))
      end

      def chosen?(record)
        return false unless record.is_a?(Budget::Investment)

        ballots = Rows["budget_ballot_lines"].where(investment_id: record.id).select(:ballot_id)
        others(Rows["budget_ballots"].where(id: ballots), :user_id).exists?
      end

      # In the community of an idea, or as something that belongs with it.
      def talked_about?(record)
        topics = Rows.there?("topics") && record.try(:community_id)
        return true if topics && Rows["topics"].where(community_id: record.community_id).exists?

        Rows.there?("related_contents") && %w[parent child].any? do |role|
          mine = { "#{role}_relationable_type" => record.class.name, "#{role}_relationable_id" => record.id }
          Rows["related_contents"].where(mine).exists?
        end
      end
    end

    private

    def take_back_votes
      Rows.count_votes(Rows.match(Rows["votes"].where(voter_type: "User", voter_id: @ids), []))
    end

    def take_back_ballots
      ballots = Rows["budget_ballots"].where(user_id: @ids)
      gone = Rows.match(Rows["budget_ballot_lines"].where(ballot_id: ballots.ids), [])
      ballots.delete_all
      Rows.count_in("budget_investments", gone.pluck("investment_id"), "ballot_lines_count",
                    "budget_ballot_lines", "investment_id")
    end

    def take_back_answers
      Rows["poll_answers"].where(author_id: @ids).delete_all
      Rows["poll_voters"].where(user_id: @ids).delete_all
      ExampleAnswers.count(Rows.match(Rows["legislation_answers"].where(user_id: @ids), []))
    end
  end
end
