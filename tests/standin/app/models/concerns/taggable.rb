# frozen_string_literal: true

# Topics: `tagged_as :tags` gives `tag_list`, read as a list and written as a text with commas.
module Taggable
  extend ActiveSupport::Concern

  included { has_many :taggings, as: :taggable, dependent: :destroy }

  class_methods do
    def tagged_as(context)
      list = :"#{context.to_s.singularize}_list"
      define_method(list) { tag_names(context.to_s) }
      define_method(:"#{list}=") { |names| given_tags[context.to_s] = names.split(",").map(&:strip).compact_blank }
      after_save :write_tags
    end
  end

  private

  def given_tags = @given_tags ||= {}

  def tag_names(context)
    given_tags[context] || taggings.where(context:).includes(:tag).map { |tagging| tagging.tag.name }
  end

  def write_tags
    given_tags.each do |context, names|
      taggings.where(context:).destroy_all
      names.each { |name| taggings.create!(context:, tag: Tag.find_or_create_by!(name:)) }
    end
    given_tags.clear
  end
end
