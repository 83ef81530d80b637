defmodule Tally.Server do
  def listen(port) do
    {:ok, socket} = :gen_tcp.listen(port, [:binary, packet: :http_bin, active: false, reuseaddr: true, ip: {0, 0, 0, 0}])
    accept(socket)
  end

  defp accept(socket) do
    {:ok, client} = :gen_tcp.accept(socket)
    {:ok, pid} = Task.start(fn -> serve(client) end)
    :gen_tcp.controlling_process(client, pid)
    accept(socket)
  end

  defp serve(client) do
    read(client)
    body = "Elixir #{System.version()}\n"
    :gen_tcp.send(client, "HTTP/1.1 200 OK\r\ncontent-length: #{byte_size(body)}\r\nconnection: close\r\n\r\n#{body}")
    :gen_tcp.close(client)
  end

  defp read(client) do
    case :gen_tcp.recv(client, 0, 5000) do
      {:ok, :http_eoh} -> :ok
      {:ok, _line} -> read(client)
      {:error, _reason} -> :ok
    end
  end
end
