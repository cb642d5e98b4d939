# frozen_string_literal: true

module DDConsul
  # What inhabitants are in the middle of when a module is turned off.
  module OpenProcesses
    TODAY = "(now() AT TIME ZONE 'UTC')"
    LATELY = "now() AT TIME ZONE 'UTC' - interval '30 days'"

    # Setting => its table, what counts, until when (or nil), and the sentence for one and for more.
    QUERIES = {
      "process.polls" => [
        "polls", "hidden_at IS NULL AND #{TODAY} BETWEEN starts_at AND ends_at", "ends_at",
        "%d poll is open", "%d polls are open"
      ],
      "process.budgets" => [
        "budgets", "published AND phase <> 'finished'", nil, "%d budget is not finished", "%d budgets are not finished"
      ],
      "process.legislation" => [
        "legislation_processes",
        "hidden_at IS NULL AND published AND #{TODAY}::date BETWEEN start_date AND end_date", "end_date",
        "%d legislation process is under way", "%d legislation processes are under way"
      ]
    }.merge(%w[Debate Proposal].to_h do |type|
      table = type.tableize
      name = type.downcase
      [
        "process.#{table}",
        [
          table,
          "hidden_at IS NULL AND (created_at > #{LATELY} " \
          "OR EXISTS (SELECT FROM comments WHERE commentable_type = '#{type}' AND commentable_id = #{table}.id " \
          "AND comments.created_at > #{LATELY}) " \
          "OR EXISTS (SELECT FROM votes WHERE votable_type = '#{type}' AND votable_id = #{table}.id " \
          "AND votes.created_at > #{LATELY}))",
          nil, "%d #{name} had activity in the last 30 days", "%d #{table} had activity in the last 30 days"
        ]
      ]
    end).freeze

    # A sentence, or nil: nothing is going on.
    def self.text(setting)
      table, condition, until_column, one, more = QUERIES[setting]
      connection = ActiveRecord::Base.connection
      return unless table && connection.data_source_exists?(table)

      count, last = connection.select_rows(
        "SELECT count(*), max(#{until_column || "NULL::date"}) FROM #{table} WHERE #{condition}"
      ).first
      return if count.zero?

      format(count == 1 ? one : more, count) + (last ? " until #{day(last)}" : "")
    end

    def self.day(moment)
      moment = Time.zone.parse(moment.to_s)
      "#{moment.day} #{Date::MONTHNAMES[moment.month]} #{moment.year}"
    end
    private_class_method :day
  end
end
