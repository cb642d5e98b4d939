# frozen_string_literal: true

module DDConsul
  # Ideas for a budget: "wijken/noord | title | text | price".
  class ExampleIdeas < ExampleTexts
    WRITTEN = "Budget::Investment"

    def by_name
      records.index_by { |idea| [place(idea), idea.title].join(BAR) }
    end

    private

    def place(idea)
      @kind.name_of(Budget::Heading.find_by(id: idea.heading_id))
    end

    def line(idea)
      [place(idea), idea.title, plain(idea.description), idea.price].join(BAR)
    end

    def build(place, title, text, price, author)
      heading = @kind.below("heading", place) or return
      Budget::Investment.new(budget: @kind.above, group: heading.group, heading:, author:, title:,
                             description: html(text), price: price.to_i)
    end
  end

  # Proposals: "title | summary | text".
  class ExampleProposals < ExampleTexts
    WRITTEN = "Proposal"

    def by_name
      records.index_by(&:title)
    end

    private

    def line(proposal)
      [proposal.title, proposal.summary, plain(proposal.description)].join(BAR)
    end

    # With verification, Consul wants to know who is responsible. It would write to the author about what to do next.
    def build(title, summary, text, author)
      proposal = Proposal.new(author:, title:, summary:, description: html(text), published_at: Time.current)
      proposal.responsible_name = author.username if proposal.respond_to?(:responsible_name=)
      proposal.define_singleton_method(:send_new_actions_notification_on_create) { nil }
      proposal
    end
  end

  # What they said in a debate: the text alone; or about a question of a plan: "nut | text".
  class ExampleComments < ExampleTexts
    WRITTEN = "Comment"

    private

    def records
      super.reject { |comment| comment.commentable_type == "Legislation::Annotation" }
    end

    def line(comment)
      return comment.body unless comment.commentable_type == "Legislation::Question"

      [@kind.name_of(Legislation::Question.unscoped.find_by(id: comment.commentable_id)), comment.body].join(BAR)
    end

    def build(*name, text, author)
      commentable = name.empty? ? @kind.above : @kind.below("process_question", name.first)
      Comment.new(commentable:, user: author, body: text) if commentable
    end
  end

  # What they wrote beside a text: "ontwerp | text".
  class ExampleRemarks < ExampleTexts
    WRITTEN = "Legislation::Annotation"
    # So many words of a paragraph does a remark point at.
    WORDS = 6

    private

    def line(remark)
      draft = Legislation::DraftVersion.unscoped.find_by(id: remark.legislation_draft_version_id)
      [@kind.name_of(draft), remark.text].join(BAR)
    end

    def build(name, text, author)
      draft = @kind.below("draft", name) or return
      remark = Legislation::Annotation.new(draft_version: draft, author:, text:)
      # The stand-in keeps no place.
      remark.assign_attributes(place(draft, ids.index(author.id))) if remark.respond_to?(:ranges)
      remark
    end

    # As whoever selects the beginning of a paragraph; another one for each.
    def place(draft, turn)
      paragraphs = Nokogiri::HTML(draft.body_html).xpath("/html/body/p")
      number = paragraphs.empty? ? 1 : (turn % paragraphs.size) + 1
      quote = paragraphs[number - 1]&.text.to_s[/\A(\S+\s*){1,#{WORDS}}/o].to_s.rstrip
      path = "/p[#{number}]"
      { quote: quote.presence || draft.title,
        ranges: [{ "start" => path, "startOffset" => 0, "end" => path, "endOffset" => quote.length }] }
    end
  end
end
