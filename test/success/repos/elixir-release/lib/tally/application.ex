defmodule Tally.Application do
  use Application

  @impl true
  def start(_type, _args) do
    children = [{Task, fn -> Tally.Server.listen(Application.fetch_env!(:tally, :port)) end}]
    Supervisor.start_link(children, strategy: :one_for_one, name: Tally.Supervisor)
  end
end
