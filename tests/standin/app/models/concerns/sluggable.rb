# frozen_string_literal: true

# What the address is called, made of the name.
module Sluggable
  extend ActiveSupport::Concern

  included { before_validation :generate_slug, if: :generate_slug? }

  class_methods do
    def find_by_slug_or_id!(given)
      find_by(slug: given) || find(given)
    end
  end

  def to_param = slug

  private

  def generate_slug = self.slug = name.to_s.parameterize
  def generate_slug? = slug.nil?
end
