# frozen_string_literal: true

Rails.application.config.session_store :cookie_store, key: "_consul_session"
Rails.application.config.filter_parameters += %i[passw email secret token _key crypt salt certificate]
