# frozen_string_literal: true

class PagesController < ApplicationController
  def help
    raise FeatureDisabled, "the help page is off" unless Setting["feature.help_page"]
  end

  def show
    @page = SiteCustomization::Page.published.find_by(slug: params[:id])
    @cards = @page.cards.includes(:translations) if @page
    return if @page

    # Not an error: anybody may ask for any address, and the log is read for errors.
    render file: Rails.public_path.join("404.html"), status: :not_found, layout: false
  end
end
