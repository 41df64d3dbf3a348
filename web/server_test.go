package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"onemap/layers/fault"
)

// TestServeFinishesWhatRuns stops a server while a request runs: the request is answered,
// new ones are not taken.
func TestServeFinishesWhatRuns(t *testing.T) {
	begun, open := make(chan struct{}), make(chan struct{})
	s := bare(Config{}, io.Discard, func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-open
		_, _ = io.WriteString(w, "whole")
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, listener) }()
	got := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body)
		got <- string(text)
	}()
	<-begun
	stop()
	for { // until the listener is closed
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			break
		}
		conn.Close()
		time.Sleep(time.Millisecond)
	}
	close(open)
	if text := <-got; text != "whole" {
		t.Errorf("the running request got %q", text)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestServeBreaksOffWhatDoesNotEnd(t *testing.T) {
	begun := make(chan struct{})
	s := bare(Config{StopLimit: 10 * time.Millisecond, RequestLimit: time.Hour}, io.Discard, func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, listener) }()
	go func() {
		if response, err := http.Get("http://" + listener.Addr().String()); err == nil {
			response.Body.Close()
		}
	}()
	<-begun
	stop()
	if err := <-served; fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("Serve: %v", err)
	}
}
