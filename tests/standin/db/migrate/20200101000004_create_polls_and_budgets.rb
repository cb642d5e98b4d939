# frozen_string_literal: true

# What inhabitants vote on; in Consul's names.
class CreatePollsAndBudgets < ActiveRecord::Migration[7.2]
  include Standin::Tables

  def change
    create_shared
    create_polls
    create_budgets
  end

  private

  def create_shared
    create_table :geozones, id: :serial do |t|
      t.string :name, :external_code, :census_code, :color
      t.text :geojson
      t.timestamps
    end
    add_column :users, :geozone_id, :integer
    create_table :tags, id: :serial do |t|
      t.string :name, limit: 160, index: { unique: true }
      t.string :kind
    end
    create_table :taggings, id: :serial do |t|
      t.integer :tag_id, :taggable_id
      t.string :taggable_type
      t.string :context, limit: 128
      t.datetime :created_at
    end
    create_table :local_census_records, id: :serial do |t|
      t.string :document_number, :document_type, :postal_code, null: false
      t.date :date_of_birth, null: false
      t.timestamps
      t.index %i[document_number document_type], unique: true, name: "local_census_number"
    end
    create_table :documents, id: :serial do |t|
      t.string :title, :documentable_type
      t.integer :user_id, :documentable_id
      t.timestamps
    end
  end

  def create_polls
    create_table :polls, id: :serial do |t|
      t.datetime :starts_at, :ends_at, :hidden_at
      t.boolean :geozone_restricted, default: false
      t.integer :author_id, :budget_id
      t.string :slug
      t.timestamps
    end
    create_translations(:poll, name: :string, summary: :text, description: :text)
    create_table :geozones_polls, id: :serial do |t|
      t.references :geozone, :poll, foreign_key: true, type: :integer
    end
    create_table :reports, id: :serial do |t|
      t.boolean :stats, :results
      t.string :process_type
      t.integer :process_id
      t.timestamps
    end
    create_questions
  end

  def create_questions
    create_table :poll_questions, id: :serial do |t|
      t.references :poll, foreign_key: true, type: :integer
      t.integer :author_id
      t.datetime :hidden_at
      t.timestamps
    end
    create_translations(:poll_question, title: :string)
    create_table :votation_types do |t|
      t.integer :questionable_id, :vote_type, :max_votes
      t.string :questionable_type
      t.timestamps
    end
    create_table :poll_question_answers, id: :serial do |t|
      t.integer :question_id, index: true
      t.integer :given_order, default: 1
    end
    add_foreign_key :poll_question_answers, :poll_questions, column: :question_id
    create_translations(:poll_question_answer, title: :string, description: :text)
  end

  def create_budgets
    create_table :budgets, id: :serial do |t|
      t.string :currency_symbol, limit: 10
      t.string :phase, limit: 40, default: "accepting"
      t.string :slug
      t.string :voting_style, default: "knapsack"
      t.boolean :published
      t.boolean :hide_money, default: false
      t.timestamps
    end
    create_translations(:budget, name: :string)
    create_table :budget_phases, id: :serial do |t|
      t.integer :budget_id, :next_phase_id
      t.string :kind, null: false
      t.datetime :starts_at, :ends_at
      t.boolean :enabled, default: true
    end
    create_translations(:budget_phase, name: :string, summary: :text, description: :text)
    create_headings
  end

  def create_headings
    create_table :budget_groups, id: :serial do |t|
      t.integer :budget_id
      t.integer :max_votable_headings, default: 1
      t.string :slug
      t.timestamps
    end
    create_translations(:budget_group, name: :string)
    create_table :budget_headings, id: :serial do |t|
      t.integer :group_id, :population, :geozone_id
      t.bigint :price
      t.integer :max_ballot_lines, default: 1
      t.text :latitude, :longitude
      t.string :slug
      t.timestamps
    end
    create_translations(:budget_heading, name: :string)
  end
end
