import CLibgit2

/// What libgit2 calls back during one exchange with a server: it passes progress on and stops the transfer when asked.
final class Listener {
  private let operation: Operation
  private let repository: String
  private var credentialAttempts = 0
  private var agentAsked = false

  init(operation: Operation, repository: String) {
    self.operation = operation
    self.repository = repository
  }

  /// Callbacks that hold this object without owning it: keep it alive for as long as libgit2 has them.
  ///
  /// The certificate callback stays unset, so that libgit2's own check decides.
  var callbacks: git_remote_callbacks {
    var callbacks = git_remote_callbacks()
    git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION))
    callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
    callbacks.sideband_progress = { _, _, payload in Listener.from(payload).verdict }
    callbacks.transfer_progress = { statistics, payload in
      let listener = Listener.from(payload)
      if let statistics { listener.report(statistics.pointee) }
      return listener.verdict
    }
    callbacks.credentials = { out, _, user, allowed, payload in
      Listener.from(payload).credential(out, user, allowed)
    }
    return callbacks
  }

  private static func from(_ payload: UnsafeMutableRawPointer?) -> Listener {
    Unmanaged<Listener>.fromOpaque(payload!).takeUnretainedValue()
  }

  /// `GIT_EUSER` ends the transfer; a positive number would let it run to its end.
  private var verdict: Int32 { operation.stopReason == nil ? 0 : GIT_EUSER.rawValue }

  private func report(_ statistics: git_indexer_progress) {
    let received = Int(statistics.received_objects)
    let total = Int(statistics.total_objects)
    let isResolving = received == total && statistics.total_deltas > 0
    let phase: GitProgress.Phase = isResolving ? .resolving : .receiving
    let done = isResolving ? Int(statistics.indexed_deltas) : received
    let all = isResolving ? Int(statistics.total_deltas) : total
    operation.report(
      GitProgress(
        phase: phase, repository: repository, done: done, total: all, bytes: Int(statistics.received_bytes)),
      phase: phase, isLast: done == all)
  }

  /// Offers the user's SSH agent, once; a name and password for HTTP must stand in the address.
  private func credential(
    _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?, _ user: UnsafePointer<CChar>?,
    _ allowed: UInt32
  ) -> Int32 {
    credentialAttempts += 1
    if credentialAttempts == 1, allowed & GIT_CREDENTIAL_USERNAME.rawValue != 0 {
      return git_credential_username_new(out, user.map { String(cString: $0) } ?? "git")
    }
    if credentialAttempts <= 2, !agentAsked, allowed & GIT_CREDENTIAL_SSH_KEY.rawValue != 0, let user {
      agentAsked = true
      return git_credential_ssh_key_from_agent(out, user)
    }
    git_error_set_str(Int32(GIT_ERROR_NET.rawValue), "the server asks for a name and a secret")
    return GIT_EAUTH.rawValue
  }
}
