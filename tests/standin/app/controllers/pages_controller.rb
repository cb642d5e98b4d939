# frozen_string_literal: true

class PagesController < ApplicationController
  def help
    raise FeatureDisabled, "the help page is off" unless Setting["feature.help_page"]
  end

  def show
    @page = SiteCustomization::Page.published.find_by(slug: params[:id])
    return not_found unless @page

    @cards = @page.cards.includes(:translations)
  end
end
