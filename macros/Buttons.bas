Attribute VB_Name = "Buttons"
Option Explicit
' What buttons on sheets (Btn...) and on the ribbon (Ribbon...) call. One line each: everything else is in Launcher.

Public Sub BtnCheck()
    RunAction "check"
End Sub

Public Sub BtnClear()
    RunAction "clear"
End Sub

Public Sub BtnAccept()
    RunAction "accept"
End Sub

Public Sub BtnTakeBack()
    RunAction "take-back"
End Sub

Public Sub BtnCheckAll()
    RunAction "check-all"
End Sub

Public Sub BtnConsolidate()
    RunAction "consolidate"
End Sub

Public Sub BtnMarkAll()
    RunAction "mark-all"
End Sub

Public Sub BtnSummary()
    RunAction "summary"
End Sub

Public Sub BtnSend()
    RunAction "send"
End Sub

Public Sub BtnMissing()
    RunAction "missing"
End Sub

Public Sub BtnReport()
    RunAction "report"
End Sub

Public Sub BtnSelfCheck()
    RunAction "self-check"
End Sub

Public Sub BtnStop()
    StopWork
End Sub

Public Sub RibbonCheck(control As Object)
    RunAction "check"
End Sub

Public Sub RibbonClear(control As Object)
    RunAction "clear"
End Sub

Public Sub RibbonAccept(control As Object)
    RunAction "accept"
End Sub

Public Sub RibbonTakeBack(control As Object)
    RunAction "take-back"
End Sub

Public Sub RibbonCheckAll(control As Object)
    RunAction "check-all"
End Sub

Public Sub RibbonConsolidate(control As Object)
    RunAction "consolidate"
End Sub

Public Sub RibbonMarkAll(control As Object)
    RunAction "mark-all"
End Sub

Public Sub RibbonSummary(control As Object)
    RunAction "summary"
End Sub

Public Sub RibbonSend(control As Object)
    RunAction "send"
End Sub

Public Sub RibbonMissing(control As Object)
    RunAction "missing"
End Sub

Public Sub RibbonReport(control As Object)
    RunAction "report"
End Sub

Public Sub RibbonSelfCheck(control As Object)
    RunAction "self-check"
End Sub

Public Sub RibbonStop(control As Object)
    StopWork
End Sub
