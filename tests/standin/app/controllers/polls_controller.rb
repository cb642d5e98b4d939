# frozen_string_literal: true

class PollsController < ApplicationController
  include Participating

  module_of "polls"
  before_action :authenticate_user!, only: :answer

  def index
    @polls = Poll.in_order.includes(:translations)
  end

  def show
    @poll = Poll.find_by_slug_or_id!(params[:id])
  end

  def answer
    @poll = Poll.find_by_slug_or_id!(params[:id])
    raise AccessDenied unless @poll.answerable_by?(current_user)

    Poll.transaction { @poll.questions.each { |question| replace(question, given(question)) } }
    @poll.voters.find_or_create_by!(user: current_user, origin: "web")
    redirect_to @poll, notice: t("flash.voted")
  rescue ActiveRecord::RecordInvalid
    redirect_to @poll, alert: t("flash.too_many")
  end

  private

  def given(question)
    answers = params.fetch(:web_vote, {})[question.id.to_s] || {}
    return [{ answer: answers[:answer].to_s.strip }].reject { |one| one[:answer].empty? } if question.open?

    question.question_options.where(id: answers[:option_id]).map { |option| { option:, answer: option.title } }
  end

  def replace(question, given)
    raise ActiveRecord::RecordInvalid if given.size > question.max_votes

    question.answers.where(author: current_user).destroy_all
    given.each { |answer| question.answers.create!(author: current_user, **answer) }
  end
end
