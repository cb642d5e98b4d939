# frozen_string_literal: true

# What inhabitants talk about; in Consul's names.
class CreateProcessesAndDebates < ActiveRecord::Migration[7.2]
  include Standin::Tables

  def change
    create_processes
    create_debates
  end

  private

  def create_processes
    create_table :legislation_processes, id: :serial do |t|
      t.date :start_date, :end_date
      t.date :draft_start_date, :draft_end_date, :debate_start_date, :debate_end_date
      t.date :proposals_phase_start_date, :proposals_phase_end_date, :allegations_start_date, :allegations_end_date
      t.date :draft_publication_date, :result_publication_date
      t.boolean :draft_phase_enabled, :debate_phase_enabled, :allegations_phase_enabled, default: false
      t.boolean :draft_publication_enabled, :result_publication_enabled, default: false
      t.boolean :proposals_phase_enabled
      t.boolean :published, default: true
      t.datetime :hidden_at
      t.timestamps
    end
    create_translations(:legislation_process, title: :string, summary: :text, description: :text,
                                              additional_info: :text)
    create_table :legislation_draft_versions, id: :serial do |t|
      t.references :legislation_process, foreign_key: true, type: :integer
      t.string :status, default: "draft"
      t.boolean :final_version, default: false
      t.datetime :hidden_at
      t.timestamps
    end
    create_translations(:legislation_draft_version, title: :string, changelog: :text, body: :text)
    create_process_questions
    create_table :milestones, id: :serial do |t|
      t.string :milestoneable_type
      t.integer :milestoneable_id
      t.datetime :publication_date
      t.timestamps
    end
    create_translations(:milestone, title: :string, description: :text)
  end

  def create_process_questions
    create_table :legislation_questions, id: :serial do |t|
      t.integer :legislation_process_id, :author_id
      t.datetime :hidden_at
      t.timestamps
    end
    create_translations(:legislation_question, title: :text, description: :text)
    create_table :legislation_question_options, id: :serial do |t|
      t.integer :legislation_question_id
      t.datetime :hidden_at
      t.timestamps
    end
    create_translations(:legislation_question_option, value: :string)
  end

  def create_debates
    create_table :debates, id: :serial do |t|
      t.integer :author_id, :geozone_id
      t.datetime :hidden_at
      t.timestamps
    end
    create_translations(:debate, title: :string, description: :text)
    create_table :proposals, id: :serial do |t|
      t.integer :author_id, :geozone_id
      t.datetime :published_at, :hidden_at
      t.timestamps
    end
    create_translations(:proposal, title: :string, summary: :text, description: :text)
  end
end
