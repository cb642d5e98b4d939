# frozen_string_literal: true

class CommentsController < ApplicationController
  include Participating

  module_of "debates"
  before_action :authenticate_user!

  def create
    debate = Debate.find(params[:debate_id])
    written debate.comments.new(user: current_user, body: params[:body].to_s), debate_path(debate)
  end
end
