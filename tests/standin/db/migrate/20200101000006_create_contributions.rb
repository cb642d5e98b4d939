# frozen_string_literal: true

# What inhabitants do; in Consul's names.
class CreateContributions < ActiveRecord::Migration[7.2]
  include Standin::Tables

  def change
    create_contributions
    create_reactions_to_plans
    create_reactions
  end

  private

  def create_contributions
    create_table :poll_voters, id: :serial do |t|
      t.references :poll, null: false, foreign_key: true, type: :integer
      t.integer :user_id, :geozone_id
      t.string :origin
      t.timestamps
    end
    create_table :poll_answers, id: :serial do |t|
      t.integer :question_id, :author_id
      t.string :answer
      t.bigint :option_id
      t.timestamps
    end
    add_foreign_key :poll_answers, :poll_questions, column: :question_id
    add_foreign_key :poll_answers, :poll_question_answers, column: :option_id
    create_table :budget_investments, id: :serial do |t|
      t.integer :author_id, :budget_id, :group_id, :heading_id
      t.bigint :price
      t.boolean :selected, :winner, default: false
      t.datetime :hidden_at
      t.timestamps
    end
    create_translations(:budget_investment, title: :string, description: :text)
    create_table :budget_ballots, id: :serial do |t|
      t.integer :user_id, :budget_id
      t.timestamps
    end
    create_table :budget_ballot_lines, id: :serial do |t|
      t.integer :ballot_id, :investment_id, :budget_id, :group_id, :heading_id
      t.timestamps
    end
  end

  def create_reactions_to_plans
    create_table :legislation_answers, id: :serial do |t|
      t.integer :legislation_question_id, :legislation_question_option_id, :user_id
      t.datetime :hidden_at
      t.timestamps
    end
    create_table :legislation_annotations, id: :serial do |t|
      t.integer :legislation_draft_version_id, :author_id
      t.text :text
      t.datetime :hidden_at
      t.timestamps
    end
    create_table :legislation_proposals, id: :serial do |t|
      t.integer :legislation_process_id, :author_id
      t.string :title, limit: 80
      t.text :summary, :description
      t.datetime :hidden_at
      t.timestamps
    end
  end

  def create_reactions
    create_table :comments, id: :serial do |t|
      t.integer :commentable_id
      t.string :commentable_type
      t.integer :user_id, null: false
      t.datetime :hidden_at
      t.timestamps
    end
    create_translations(:comment, body: :text)
    create_table :votes, id: :serial do |t|
      t.string :votable_type, :voter_type
      t.integer :votable_id, :voter_id
      t.boolean :vote_flag
      t.timestamps
    end
  end
end
