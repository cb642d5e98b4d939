# frozen_string_literal: true

module DDConsul
  # Rows of Consul's tables, without what its models do on the way: votes, answers and their counters.
  module Rows
    def self.[](table)
      @models ||= {}
      @models[table] ||= Class.new(ActiveRecord::Base) do
        self.table_name = table
        self.inheritance_column = nil
      end
    end

    # Consul has more than the stand-in.
    def self.there?(table)
      ActiveRecord::Base.connection.data_source_exists?(table)
    end

    # Makes the rows of a relation those that are wanted; returns the ones that went and came, as hashes.
    def self.match(relation, wanted)
      names = wanted.first.to_h.keys
      kept, gone = relation.to_a.partition { |row| wanted.include?(row.attributes.slice(*names)) }
      relation.model.where(id: gone.map(&:id)).delete_all
      came = wanted - kept.map { |row| row.attributes.slice(*names) }
      relation.model.insert_all!(came) if came.any?
      gone.map(&:attributes) + came
    end

    # Consul's own counts of the votes for something, and the scores that follow from them.
    def self.count_votes(votes)
      votes.group_by { |vote| vote["votable_type"] }.each do |type, of_type|
        type.constantize.unscoped.where(id: of_type.pluck("votable_id")).each { |record| count(record) }
      end
    end

    # The rows of a table that belong to each of some rows of another one, in that one's counter.
    def self.count_in(table, ids, counter, counted, column)
      return unless self[table].column_names.include?(counter)

      shown = self[counted].column_names.include?("hidden_at") ? "AND hidden_at IS NULL" : ""
      self[table].where(id: ids).update_all(
        "#{counter} = (SELECT count(*) FROM #{counted} WHERE #{column} = #{table}.id #{shown})"
      )
    end

    def self.count(record)
      votes = self["votes"].where(votable_type: record.class.name, votable_id: record.id)
      up, down = [true, false].map { |flag| votes.where(vote_flag: flag).count }
      counts = { "cached_votes_up" => up, "cached_votes_down" => down, "cached_votes_total" => up + down,
                 "cached_votes_score" => up - down }
      record.assign_attributes(counts.slice(*record.class.column_names))
      %i[calculate_hot_score calculate_confidence_score].each { |name| record.try(name) }
      record.update_columns(record.changes.transform_values(&:last)) if record.changed?
    end
    private_class_method :count
  end
end
