# frozen_string_literal: true

# A message on top of the pages that it is for, between two days.
class Banner < ApplicationRecord
  include Translatable

  attribute :background_color, default: "#e7f2fc"
  attribute :font_color, default: "#222222"

  translates :title, :description

  has_many :sections, class_name: "Banner::Section", dependent: :destroy
  has_many :web_sections, through: :sections

  default_scope { where(hidden_at: nil) }

  validates :title, presence: true, length: { minimum: 2 }
  validates :description, :target_url, :post_started_at, :post_ended_at, presence: true

  def self.shown_in(section)
    joins(:web_sections).where(web_sections: { name: section })
                        .where("CURRENT_DATE BETWEEN post_started_at AND post_ended_at").includes(:translations)
  end
end
