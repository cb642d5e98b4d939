# frozen_string_literal: true

class ProposalsController < ApplicationController
  include Participating

  module_of "proposals"
  before_action :authenticate_user!, only: %i[new create]

  def index
    @proposals = Proposal.published.includes(:translations)
  end

  def show
    @proposal = Proposal.find(params[:id])
  end

  def new
    @proposal = Proposal.new
  end

  def create
    given = params.require(:proposal).permit(:title, :summary, :description, :terms_of_service)
    @proposal = Proposal.new(given.merge(author: current_user, published_at: Time.current))
    return redirect_to @proposal, notice: t("flash.thanks") if @proposal.save

    render :new, status: :unprocessable_entity
  end
end
