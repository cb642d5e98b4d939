# frozen_string_literal: true

# Consul's names; of its columns only those that mean something here.
class CreateTables < ActiveRecord::Migration[7.2]
  def change
    create_accounts
    create_pages
    create_home
    create_operation
  end

  private

  def create_accounts
    create_table :users, id: :serial do |t|
      t.string :email, default: "", index: { unique: true }
      t.string :username, limit: 60, index: true
      t.string :encrypted_password, default: "", null: false
      t.string :confirmation_token, index: { unique: true }
      t.string :unconfirmed_email, :current_sign_in_ip, :last_sign_in_ip, :locale
      t.datetime :confirmed_at, :confirmation_sent_at, :current_sign_in_at, :last_sign_in_at, :hidden_at, :erased_at
      t.datetime :password_changed_at, default: "2015-01-01 01:01:01", null: false
      t.integer :sign_in_count, default: 0, null: false
      t.boolean :newsletter, :public_activity
      t.timestamps
    end
    create_table :administrators, id: :serial do |t|
      t.integer :user_id, index: true
      t.string :description
    end
    add_foreign_key :administrators, :users
  end

  def create_pages
    create_table :site_customization_pages, id: :serial do |t|
      t.string :slug, null: false
      t.string :status, default: "draft"
      t.string :locale
      t.boolean :more_info_flag, :print_content_flag
      t.timestamps
    end
    create_translations(:site_customization_page, title: :string, subtitle: :string, content: :text)
    create_table(:web_sections, id: :serial) do |t|
      t.text :name
      t.timestamps
    end
    create_table(:sdg_goals) do |t|
      t.integer :code, null: false, index: { unique: true }
      t.timestamps
    end
  end

  def create_home
    create_table :widget_cards, id: :serial do |t|
      t.string :link_url
      t.boolean :header, default: false
      t.string :cardable_type, default: "SiteCustomization::Page"
      t.integer :cardable_id, index: true
      t.integer :columns, default: 4
      t.integer :order, default: 1, null: false
      t.timestamps
    end
    create_translations(:widget_card, label: :string, title: :string, description: :text, link_text: :string)
  end

  def create_translations(owner, columns)
    create_table :"#{owner}_translations", id: :serial do |t|
      t.integer :"#{owner}_id", null: false, index: { name: "#{owner}_translations_owner" }
      t.string :locale, null: false, index: true
      columns.each { |name, type| t.column(name, type) }
      t.timestamps
    end
  end

  def create_operation
    create_table(:settings, id: :serial) do |t|
      t.string :key, index: true
      t.string :value
    end
    create_table :tenants, id: :serial do |t|
      t.string :name, index: { unique: true }
      t.string :schema, index: { unique: true }
      t.integer :schema_type, default: 0, null: false
      t.datetime :hidden_at
      t.timestamps
    end
    create_table :delayed_jobs, id: :serial do |t|
      t.integer :priority, :attempts, default: 0, null: false
      t.text :handler, null: false
      t.text :last_error
      t.datetime :run_at, :locked_at, :failed_at
      t.string :locked_by, :queue, :tenant
      t.timestamps null: true
      t.index %i[priority run_at], name: "delayed_jobs_priority"
    end
  end
end
