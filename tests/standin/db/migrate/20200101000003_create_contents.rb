# frozen_string_literal: true

# What an operator lets the site contain, next to its pages and cards; in Consul's names.
class CreateContents < ActiveRecord::Migration[7.2]
  def change
    create_roles
    create_texts
    create_banners
    create_images
    create_storage
  end

  private

  def create_roles
    %i[moderators managers valuators].each do |role|
      create_table(role, id: :serial) { |t| t.integer :user_id, index: true }
      add_foreign_key role, :users
    end
    add_column :valuators, :description, :string
  end

  def create_texts
    create_table :site_customization_content_blocks, id: :serial do |t|
      t.string :name, :locale
      t.text :body
      t.timestamps
      t.index %i[name locale], unique: true, name: "content_blocks_name_and_locale"
    end
    create_table(:i18n_contents, id: :serial) { |t| t.string :key }
    create_translations(:i18n_content, value: :text)
    create_table :widget_feeds, id: :serial do |t|
      t.string :kind
      t.integer :limit, default: 3
      t.timestamps
    end
  end

  def create_banners
    create_table :banners, id: :serial do |t|
      t.string :target_url
      t.date :post_started_at, :post_ended_at
      t.datetime :hidden_at
      t.text :background_color, :font_color
      t.timestamps
    end
    create_translations(:banner, title: :string, description: :text)
    create_table :banner_sections, id: :serial do |t|
      t.integer :banner_id, :web_section_id
      t.timestamps
    end
  end

  def create_images
    create_table :site_customization_images, id: :serial do |t|
      t.string :name, null: false, index: { unique: true }
      t.timestamps
    end
    create_table :images, id: :serial do |t|
      t.string :imageable_type
      t.integer :imageable_id, :user_id
      t.string :title, limit: 80
      t.timestamps
    end
  end

  # Active Storage's own tables.
  def create_storage
    create_table :active_storage_blobs do |t|
      t.string :key, null: false, index: { unique: true }
      t.string :filename, :service_name, null: false
      t.string :content_type, :checksum
      t.text :metadata
      t.bigint :byte_size, null: false
      t.datetime :created_at, null: false
    end
    create_table :active_storage_attachments do |t|
      t.string :name, :record_type, null: false
      t.bigint :record_id, null: false
      t.references :blob, null: false, foreign_key: { to_table: :active_storage_blobs }
      t.datetime :created_at, null: false
      t.index %i[record_type record_id name blob_id], name: "attachments_uniqueness", unique: true
    end
    create_table :active_storage_variant_records do |t|
      t.references :blob, null: false, foreign_key: { to_table: :active_storage_blobs }
      t.string :variation_digest, null: false
    end
  end

  def create_translations(owner, columns)
    create_table :"#{owner}_translations", id: :serial do |t|
      t.integer :"#{owner}_id", null: false, index: { name: "#{owner}_translations_owner" }
      t.string :locale, null: false
      columns.each { |name, type| t.column(name, type) }
      t.timestamps
    end
  end
end
