# frozen_string_literal: true

Rails.application.routes.draw do
  draw :custom

  root "welcome#index"
  get "consul.json", to: "installation#details"

  scope path: "users" do
    get "sign_in", to: "users/sessions#new", as: :new_user_session
    post "sign_in", to: "users/sessions#create", as: :user_session
    delete "sign_out", to: "users/sessions#destroy", as: :destroy_user_session
    get "sign_up", to: "users/registrations#new", as: :new_user_registration
    get "sign_up/success", to: "users/registrations#success", as: :users_sign_up_success
    get "confirmation", to: "users/confirmations#show", as: :user_confirmation
    post "/", to: "users/registrations#create", as: :user_registration
  end

  get "account", to: "account#show"
  get "admin", to: "admin/dashboard#index", as: :admin_root

  resources :polls, only: %i[index show] do
    post :answer, on: :member
    get :results, on: :member, action: :show
  end
  resources :budgets, only: %i[index show] do
    get :results, on: :member, action: :show
    resources :investments, only: %i[new create], controller: "budgets/investments"
    resources :lines, only: :create, path: "ballot/lines", controller: "budgets/lines"
  end
  namespace :legislation do
    resources :processes, only: %i[index show] do
      resources :proposals, only: :create
      resources :questions, only: [] do
        resources :answers, only: :create
      end
    end
  end
  resources :debates, only: %i[index show] do
    resources :comments, only: :create
  end
  resources :proposals, only: %i[index show new create]
  %w[sdg sdg/goals].each { |path| get path, to: "modules#index", defaults: { module: "sdg" } }

  get "help", to: "pages#help"
  get "help/faq", to: "pages#show", defaults: { id: "faq" }
  get ":id", to: "pages#show", as: :page, constraints: { id: /[0-9a-zA-Z\-_]+/ }
end
